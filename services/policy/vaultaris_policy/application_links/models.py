"""The table of the policies of applications."""

from vaultaris_kit.application_links.models import LinkColumns
from vaultaris_policy.base import Base


class PolicyLink(LinkColumns, Base):
    __tablename__ = "application_policies"
