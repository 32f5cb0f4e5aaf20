"""Brokers, mandates and introductions over REST, by the services of the pages."""

from marketplace.brokerage.api.commissions import CommissionAct, MandateCommissions
from marketplace.brokerage.api.desk import OwnPipeline, OwnTask, OwnTasks
from marketplace.brokerage.api.introductions import (
    IntroductionAnswer,
    IntroductionDetail,
    IntroductionList,
    IntroductionMet,
)
from marketplace.brokerage.api.mandates import (
    MandateAct,
    MandateAmend,
    MandateDetail,
    MandateList,
)
from marketplace.brokerage.api.register import BrokerDetail, BrokerList, OwnEntry
from marketplace.brokerage.api.requests import BrokerMessages

__all__ = [
    "BrokerDetail",
    "BrokerList",
    "BrokerMessages",
    "CommissionAct",
    "IntroductionAnswer",
    "IntroductionDetail",
    "IntroductionList",
    "IntroductionMet",
    "MandateAct",
    "MandateAmend",
    "MandateCommissions",
    "MandateDetail",
    "MandateList",
    "OwnEntry",
    "OwnPipeline",
    "OwnTask",
    "OwnTasks",
]
