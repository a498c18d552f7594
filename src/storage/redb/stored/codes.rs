//! The numbers that stand for what can be one of several things. A number is never used again for another.

use super::super::fault::Fault;
use super::unknown;
use crate::domain::comments::RemovedBy;
use crate::domain::history::Deed;
use crate::domain::sites::PageIdentity;
use crate::domain::{PendingReason, Role, Standing};

pub const PUBLISHED: u8 = 0;

pub fn of_standing(standing: Standing) -> u8 {
    match standing {
        Standing::Published => PUBLISHED,
        Standing::Spam => 1,
        Standing::Pending(reason) => match reason {
            PendingReason::NewGuest => 10,
            PendingReason::FirstWithLink => 11,
            PendingReason::GuestLink => 12,
            PendingReason::ManyLinks => 13,
            PendingReason::Watched => 14,
            PendingReason::ByModerator => 15,
            PendingReason::Checking => 16,
        },
    }
}

pub fn standing(code: u8) -> Result<Standing, Fault> {
    Ok(match code {
        PUBLISHED => Standing::Published,
        1 => Standing::Spam,
        10 => Standing::Pending(PendingReason::NewGuest),
        11 => Standing::Pending(PendingReason::FirstWithLink),
        12 => Standing::Pending(PendingReason::GuestLink),
        13 => Standing::Pending(PendingReason::ManyLinks),
        14 => Standing::Pending(PendingReason::Watched),
        15 => Standing::Pending(PendingReason::ByModerator),
        16 => Standing::Pending(PendingReason::Checking),
        other => return Err(unknown("standing", other)),
    })
}

pub fn of_remover(by: RemovedBy) -> u8 {
    match by {
        RemovedBy::Author => 0,
        RemovedBy::Moderator => 1,
        RemovedBy::Erasure => 2,
    }
}

pub fn remover(code: u8) -> Result<RemovedBy, Fault> {
    Ok(match code {
        0 => RemovedBy::Author,
        1 => RemovedBy::Moderator,
        2 => RemovedBy::Erasure,
        other => return Err(unknown("removal", other)),
    })
}

pub fn of_role(role: Role) -> u8 {
    match role {
        Role::None => 0,
        Role::Viewer => 1,
        Role::Moderator => 2,
        Role::Owner => 3,
    }
}

pub fn role(code: u8) -> Result<Role, Fault> {
    Ok(match code {
        0 => Role::None,
        1 => Role::Viewer,
        2 => Role::Moderator,
        3 => Role::Owner,
        other => return Err(unknown("role", other)),
    })
}

pub fn of_identity(identity: PageIdentity) -> u8 {
    match identity {
        PageIdentity::Path => 0,
        PageIdentity::Url => 1,
    }
}

pub fn identity(code: u8) -> Result<PageIdentity, Fault> {
    Ok(match code {
        0 => PageIdentity::Path,
        1 => PageIdentity::Url,
        other => return Err(unknown("page identity", other)),
    })
}

pub fn of_deed(deed: Deed) -> u8 {
    match deed {
        Deed::Approved => 0,
        Deed::MarkedSpam => 1,
        Deed::Removed => 2,
        Deed::Pinned => 3,
        Deed::Unpinned => 4,
        Deed::Closed => 5,
        Deed::Reopened => 6,
        Deed::Claimed => 7,
    }
}

pub fn deed(code: u8) -> Result<Deed, Fault> {
    Ok(match code {
        0 => Deed::Approved,
        1 => Deed::MarkedSpam,
        2 => Deed::Removed,
        3 => Deed::Pinned,
        4 => Deed::Unpinned,
        5 => Deed::Closed,
        6 => Deed::Reopened,
        7 => Deed::Claimed,
        other => return Err(unknown("deed", other)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_reads_back_as_what_wrote_it() {
        for code in 0..=255 {
            if let Ok(it) = standing(code) {
                assert_eq!(of_standing(it), code);
            }
            if let Ok(it) = remover(code) {
                assert_eq!(of_remover(it), code);
            }
            if let Ok(it) = role(code) {
                assert_eq!(of_role(it), code);
            }
            if let Ok(it) = deed(code) {
                assert_eq!(of_deed(it), code);
            }
            if let Ok(it) = identity(code) {
                assert_eq!(of_identity(it), code);
            }
        }
    }
}
