//! Sign-ins that went to a provider.

use super::expiry::{self, Kept};
use super::fault::Fault;
use super::stored::identity::StoredDeparted;
use super::tables::{CborRows, Fixed, Tables};
use crate::domain::departures::{Back, DEPARTURE_TTL, Departed};
use crate::domain::{ProviderId, Refusal, Timestamp, TokenHash};

pub fn leave(tables: &mut Tables<'_>, departed: &Departed) -> Result<(), Fault> {
    tables.departures.write(&departed.state.0, &StoredDeparted::from(departed))?;
    expiry::schedule(tables, Kept::Departed, departed.left_at.plus(DEPARTURE_TTL), &departed.state.0)
}

pub fn live(
    departures: &impl CborRows<Fixed<32>>,
    state: TokenHash,
    now: Timestamp,
) -> Result<Option<Departed>, Fault> {
    let row = departures.read::<StoredDeparted>(&state.0)?;
    let departed = row.map(|row| row.into_departed(state)).transpose()?;
    Ok(departed.filter(|departed| now.is_within(DEPARTURE_TTL, departed.left_at)))
}

pub fn keep_back(
    tables: &mut Tables<'_>,
    state: TokenHash,
    provider: &ProviderId,
    back: &Back,
    now: Timestamp,
) -> Result<Result<(), Refusal>, Fault> {
    match live(&tables.departures, state, now)? {
        Some(departed) if departed.provider == *provider && departed.posted.is_none() => {
            let departed = Departed { posted: Some(back.clone()), ..departed };
            tables.departures.write(&state.0, &StoredDeparted::from(&departed)).map(Ok)
        }
        _ => Ok(Err(Refusal::CodeGone)),
    }
}

pub fn come_back(
    tables: &mut Tables<'_>,
    state: TokenHash,
    provider: &ProviderId,
    transaction: &str,
    now: Timestamp,
) -> Result<Result<Departed, Refusal>, Fault> {
    match live(&tables.departures, state, now)? {
        Some(departed) if departed.provider == *provider && departed.transaction == transaction => {
            tables.departures.remove(&state.0)?;
            Ok(Ok(departed))
        }
        _ => Ok(Err(Refusal::CodeGone)),
    }
}
