"""Addresses of enquiries: `public` and `workbench` are mounted by the portal, `api` by the API."""

from django.urls import path

from marketplace.enquiries import api as rest
from marketplace.enquiries import views

app_name = "enquiries"

public = [
    path("enquiries/new/<slug:kind>/<str:code>/", views.ask, name="ask"),
    path("enquiries/kept/", views.kept, name="kept"),
    path("enquiries/confirm/<str:token>/", views.confirm_by_link, name="contact_link"),
    path("enquiries/new/<slug:kind>/<str:code>/visitor/", views.ask_visitor, name="ask_visitor"),
    path("enquiries/by-link/<str:token>/", views.by_link, name="by_link"),
    path("enquiries/visit/", views.visit, name="visit"),
    path("enquiries/visit/files/<str:code>/", views.visit_file, name="visit_file"),
]

workbench = [
    path("enquiries/", views.inbox, name="inbox"),
    # --- the way to an intent
    path("enquiries/intents/<str:code>/", views.show_intent, name="intent"),
    path("enquiries/steps/<str:code>/", views.edit_step, name="step"),
    path("enquiries/leads/", views.list_leads, name="leads"),
    path("enquiries/leads/<str:code>/", views.show_lead, name="lead"),
    path("enquiries/contacts/", views.list_contacts, name="contacts"),
    path("enquiries/contacts/<str:code>/", views.show_contact, name="contact"),
    path("enquiries/contacts/<str:code>/link/", views.renew_contact_link, name="contact_renew"),
    path("enquiries/contacts/new/<str:code>/", views.log_contact, name="contact_new"),
    path("enquiries/county/", views.county, name="county"),
    path("enquiries/keeping/", views.keeping, name="keeping"),
    path("enquiries/keeping/hold/", views.hold, name="hold"),
    path("enquiries/keeping/<slug:code>/", views.edit_period, name="period"),
    path("enquiries/as-visitor/", views.as_visitor, name="as_visitor"),
    path("enquiries/feedback/<slug:kind>/<str:code>/", views.feedback, name="feedback"),
    path("enquiries/<str:code>/intent/", views.propose_intent, name="intent_new"),
    path("enquiries/<str:code>/close/", views.close, name="close"),
    path("enquiries/<str:code>/erase/", views.erase, name="erase"),
    path("enquiries/<str:code>/steps/", views.add_step, name="step_new"),
    path("enquiries/<str:code>/note/", views.add_note, name="note"),
    path("enquiries/<str:code>/met/", views.answer_met, name="met"),
    path("enquiries/<str:code>/broker/", views.answer_broker, name="lead_answer"),
    # --- one enquiry
    path("enquiries/<str:code>/", views.show, name="show"),
    path("enquiries/<str:code>/name/", views.name_owner, name="name"),
    path("enquiries/<str:code>/join/", views.join, name="join"),
]

api = [
    path("enquiries/", rest.EnquiryCollection.as_view(), name="enquiry_list"),
    path("enquiries/<str:code>/", rest.EnquiryItem.as_view(), name="enquiry_detail"),
    path("enquiries/<str:code>/messages/", rest.EnquiryMessages.as_view(), name="enquiry_write"),
    path("enquiries/<str:code>/close/", rest.EnquiryClose.as_view(), name="enquiry_close"),
    path("enquiries/<str:code>/reopen/", rest.EnquiryReopen.as_view(), name="enquiry_reopen"),
    # --- the way to an intent
    path("enquiries/<str:code>/intents/", rest.IntentCollection.as_view(), name="intent_list"),
    path("enquiries/<str:code>/steps/", rest.StepCollection.as_view(), name="step_list"),
    path("enquiries/<str:code>/notes/", rest.NoteCollection.as_view(), name="note_list"),
    path("enquiries/<str:code>/met/", rest.MetCollection.as_view(), name="met_list"),
    path("enquiries/<str:code>/broker/", rest.LeadAnswer.as_view(), name="lead_answer"),
    path("intents/<str:code>/", rest.IntentItem.as_view(), name="intent_detail"),
    path("intents/<str:code>/counter/", rest.IntentCounter.as_view(), name="intent_counter"),
    path("intents/<str:code>/<str:act>/", rest.IntentAct.as_view(), name="intent_act"),
    path("steps/<str:code>/", rest.StepItem.as_view(), name="step_detail"),
    path("steps/<str:code>/done/", rest.StepDone.as_view(), name="step_done"),
    path("steps/<str:code>/edit/", rest.StepEdit.as_view(), name="step_edit"),
    path("steps/<str:code>/remove/", rest.StepRemove.as_view(), name="step_remove"),
    path("leads/", rest.LeadCollection.as_view(), name="lead_list"),
    path("leads/<str:code>/", rest.LeadItem.as_view(), name="lead_detail"),
    path("leads/<str:code>/<str:act>/", rest.LeadAct.as_view(), name="lead_act"),
    path("contacts/", rest.ContactCollection.as_view(), name="contact_list"),
    path("contacts/<str:code>/", rest.ContactItem.as_view(), name="contact_detail"),
    path("contacts/<str:code>/reply/", rest.ContactReply.as_view(), name="contact_reply"),
]
