//! Which providers are offered, and what people call them.

use crate::app::App;
use crate::domain::ProviderId;

/// A provider as a button shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offered<'a> {
    pub id: &'a ProviderId,
    pub name: &'a str,
    pub view_box: u16,
    pub path: &'a str,
    /// A person names their server before they go there.
    pub asks_for_server: bool,
}

/// In the order of the configuration.
pub fn offered(app: &App) -> impl Iterator<Item = Offered<'_>> {
    app.providers.iter().map(|provider| {
        let icon = provider.icon();
        Offered {
            id: provider.id(),
            name: provider.name(),
            view_box: icon.view_box,
            path: &icon.path,
            asks_for_server: provider.asks_for_server(),
        }
    })
}

/// The same, or its id: something to call it in a mail.
pub(super) fn name_or_id<'a>(app: &'a App, id: &'a ProviderId) -> &'a str {
    name(app, id).unwrap_or(id.as_str())
}

/// What people call a provider; `None` once it is switched off.
pub fn name<'a>(app: &'a App, id: &ProviderId) -> Option<&'a str> {
    app.providers.get(id).map(|provider| provider.name())
}
