"""What the clock does with enquiries: reminders, leads, questions, and what is erased."""

from celery import shared_task

from marketplace.enquiries import services


@shared_task(name="enquiries.follow_silence", ignore_result=True)
def follow_silence() -> None:
    """Remind the silent side, then tell the waiting one; open leads."""
    services.remind_silent()
    services.tell_waiting()


@shared_task(name="enquiries.lapse_leads", ignore_result=True)
def lapse_leads() -> None:
    """Take back leads on which nothing happened."""
    services.lapse_leads()


@shared_task(name="enquiries.ask_whether_met", ignore_result=True)
def ask_whether_met() -> None:
    """Ask both sides whether they met, and remind of steps that are due today."""
    services.ask_due_questions()
    services.remind_of_steps()


@shared_task(name="enquiries.close_quiet", ignore_result=True)
def close_quiet() -> None:
    """Close visitors' enquiries in which nobody writes any more."""
    services.close_quiet()


@shared_task(name="enquiries.purge", ignore_result=True)
def purge() -> None:
    """Erase records whose period is over."""
    services.purge_records()


@shared_task(name="enquiries.purge_codes", ignore_result=True)
def purge_codes() -> None:
    """Forget the hashes of codes that have ended."""
    services.purge_codes()
