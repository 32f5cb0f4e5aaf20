"""What brokerage keeps."""

from marketplace.brokerage.models.desk import (
    BrokerFeedback,
    BrokerRequest,
    BrokerTask,
    Pursuit,
    Stage,
)
from marketplace.brokerage.models.filing import YearlyForm
from marketplace.brokerage.models.introductions import (
    Answer,
    Evidence,
    Introduction,
    IntroductionSide,
    Ruling,
)
from marketplace.brokerage.models.mandates import (
    CommissionEntry,
    Mandate,
    MandateSide,
    MandateVersion,
)
from marketplace.brokerage.models.register import Broker, Certificate, Training

__all__ = [
    "Answer",
    "Broker",
    "BrokerFeedback",
    "BrokerRequest",
    "BrokerTask",
    "Certificate",
    "CommissionEntry",
    "Evidence",
    "Introduction",
    "IntroductionSide",
    "Mandate",
    "MandateSide",
    "MandateVersion",
    "Pursuit",
    "Ruling",
    "Stage",
    "Training",
    "YearlyForm",
]
