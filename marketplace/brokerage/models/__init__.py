"""What brokerage keeps."""

from marketplace.brokerage.models.filing import YearlyForm
from marketplace.brokerage.models.register import Broker, Certificate, Training

__all__ = ["Broker", "Certificate", "Training", "YearlyForm"]
