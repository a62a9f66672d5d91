from reports.models.categories import Category, CategoryGroup, CrimeClass
from reports.models.choices import Precision, Priority, Privacy, Source
from reports.models.contacts import ContactAccess, ContactKey, ReportContact
from reports.models.events import EventKind, ReportEvent, ReportPhoto
from reports.models.handovers import Handover
from reports.models.hotspots import Hotspot
from reports.models.proposals import HotspotProposal, ProposalState
from reports.models.reports import Report

__all__ = [
    "Category",
    "CategoryGroup",
    "ContactAccess",
    "ContactKey",
    "CrimeClass",
    "EventKind",
    "Handover",
    "Hotspot",
    "HotspotProposal",
    "Precision",
    "Priority",
    "Privacy",
    "ProposalState",
    "Report",
    "ReportContact",
    "ReportEvent",
    "ReportPhoto",
    "Source",
]
