"""The peer that figures are compared with: a plain project around django-helpdesk."""
