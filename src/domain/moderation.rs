//! The default policy: what is published at once and what waits for approval.

use super::accounts::MemberStanding;
use super::comments::{PendingReason, Standing};
use super::{Document, Guest, Member, SiteSettings};

/// Who wrote, as far as the policy asks.
pub enum Writer<'a> {
    Guest(Option<&'a Guest>),
    Member(&'a Member),
}

/// Where a new text starts. Also asked again for every edit.
pub fn verdict(writer: &Writer<'_>, body: &Document, settings: &SiteSettings) -> Standing {
    let links = body.link_count();
    match writer {
        Writer::Guest(guest) if guest.is_none_or(|guest| guest.approved == 0) => {
            Standing::Pending(PendingReason::NewGuest)
        }
        Writer::Guest(_) if links > 0 => Standing::Pending(PendingReason::GuestLink),
        Writer::Guest(_) => Standing::Published,
        Writer::Member(member) if member.role.moderates() || member.standing == MemberStanding::Trusted => {
            Standing::Published
        }
        Writer::Member(member)
            if matches!(member.standing, MemberStanding::Watched | MemberStanding::Muted) =>
        {
            Standing::Pending(PendingReason::Watched)
        }
        Writer::Member(_) if links >= settings.hold_links => Standing::Pending(PendingReason::ManyLinks),
        Writer::Member(member) if links > 0 && member.published == 0 => {
            Standing::Pending(PendingReason::FirstWithLink)
        }
        Writer::Member(_) => Standing::Published,
    }
}
