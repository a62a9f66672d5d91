from reports.admin.categories import CategoryAdmin
from reports.admin.hotspots import HotspotAdmin, HotspotProposalAdmin
from reports.admin.oversight import ContactAccessAdmin, HandoverAdmin
from reports.admin.reports import ReportAdmin

__all__ = [
    "CategoryAdmin",
    "ContactAccessAdmin",
    "HandoverAdmin",
    "HotspotAdmin",
    "HotspotProposalAdmin",
    "ReportAdmin",
]
