"""What guards each POST of the product against a page that has gone stale and against a second click.

REV: it changes or decides on something that others may have changed meanwhile, so it sends back what
its page was made from. KEY: it makes something, so it carries a one-time key. A route that needs
neither says why in one line.
"""

REV, KEY = "rev", "key"

POSTS: dict[str, str] = {
    # --- listings
    "<slice>:new": KEY,
    "<slice>:edit": REV,
    "<slice>:check": REV,
    "<slice>:act": REV,
    "<slice>:review": REV,
    "<slice>:contact": "reads, and writes down who did",
    "api:<noun>_list": KEY,
    "api:<noun>_submit": REV,
    # --- imports
    "achievements:import": KEY,
    "achievements:import_show": "what a check found never changes, and a batch is confirmed once",
    "achievements:batch_review": REV,
    # --- matching
    "matching:describe": "compares and stores nothing",
    "matching:mark": "one's own judgement, kept with its author; said twice it is said once",
    # --- brokerage: mandates, introductions, the desk
    "brokerage:tasks": KEY,
    "brokerage:task_mark": "a tick of one's own, and ticking twice is ticking once",
    "brokerage:rate": "a side says it once, and what was said never changes",
    "brokerage:propose_to": KEY,
    "brokerage:propose_for": KEY,
    "brokerage:mandate": REV,
    "brokerage:mandate_amend": REV,
    "brokerage:mandate_copy": "adds a file; the same one filed twice are two copies",
    "brokerage:commission_add": KEY,
    "brokerage:commission": REV,
    "brokerage:introduce_meeting": KEY,
    "brokerage:introduce_enquiry": KEY,
    "brokerage:introduction": REV,
    "brokerage:introduction_proof": "adds files; the same one filed twice are two copies",
    "brokerage:introduction_rule": REV,
    "api:mandate_act": REV,
    "api:introduction_answer": REV,
    # --- brokerage: the register and the yearly form
    "brokerage:own": KEY,
    "brokerage:entry": REV,
    "brokerage:edit": REV,
    "brokerage:consent": REV,
    "brokerage:certificate_new": KEY,
    "brokerage:certificate": REV,
    "brokerage:review": REV,
    "brokerage:filing": REV,
    "brokerage:filing_export": "writes a file for its reader and stores nothing",
    "api:broker_own": REV,
    # --- filings of service organisations
    "offerings:filing_check": "compares and stores nothing",
    "offerings:filing": "a filing never changes, and there is one a year",
    # --- enquiries
    "enquiries:ask": KEY,
    "enquiries:show": KEY,
    "enquiries:name": REV,
    "api:enquiry_list": KEY,
    "api:enquiry_write": REV,
    "enquiries:join": REV,
    "enquiries:ask_visitor": "sends a code, which confirms one question once",
    "enquiries:by_link": "opens what the link is for in this browser, or sends a link to the same contact",
    "enquiries:visit": "shows who wrote between, and refuses until that was seen",
    # --- people and organisations
    "parties:organization_new": KEY,
    "parties:organization_edit": REV,
    "parties:verification": REV,
    "parties:verification_review": REV,
    "parties:suspend": REV,
    "parties:members": KEY,
    "parties:member_role": REV,
    "parties:member_remove": REV,
    "parties:invitation": "an invitation never changes; it is open or it is refused",
    "parties:invitation_accept": "an invitation never changes; it is open or it is refused",
    "parties:invitation_revoke": "an invitation never changes; it is open or it is refused",
    "parties:profile": REV,
    "parties:tokens": KEY,
    "parties:delegations": KEY,
    "parties:delegation_end": "a delegation never changes, and ending twice is ending once",
    "parties:token_revoke": "a token never changes, and revoking twice is revoking once",
    "account_login": "signs in, and changes nothing that others see",
    "account_request_login_code": "sends a code, of which the last one holds",
    "account_reset_password": "sends a link, of which each holds for a while",
    "account_signup": "an address or a number has one account",
    # --- disclosure
    "disclosure:ask": KEY,
    "disclosure:offer": KEY,
    "disclosure:grant": REV,
    "disclosure:agreement": "a version never changes, and is refused once another one holds",
    "disclosure:publish": KEY,
    "api:grant_list": KEY,
    "api:grant_move": REV,
    "api:agreement": "a version never changes, and is refused once another one holds",
    # --- the worked example
    "visits:ask": KEY,
    "visits:show": REV,
    # --- the rest
    "notices:read_all": "marks as read whatever there is",
    "notices:preferences": REV,
    "taxonomy:add": KEY,
    "taxonomy:edit": REV,
    "taxonomy:retire": REV,
    "taxonomy:year": REV,
    "taxonomy:restore": REV,
    "web:preference": "sets a cookie about looks",
    "workbench:deliveries_retry": "passes over what is not dead any more",
    "workbench:index_rebuild": "a rebuild that runs is returned instead of a second one",
    "workbench:job_cancel": "ends a job whatever it has done so far",
}
