//! What people type to prove who they are, together with what their browser says by itself.

use super::cookies::Cookie;
use crate::actions::password_proofs::{Attempt, Proved};
use crate::domain::devices;
use crate::web::{Problem, Request, Response, response};

pub fn attempt<'r>(
    request: &'r Request,
    email: &'r str,
    password: &'r str,
    code: Option<&'r str>,
) -> Attempt<'r> {
    let device = request.cookie(&Cookie::Device.name(&request.app().config.server.base_url));
    Attempt { email, password, code, ip: request.ip(), device }
}

/// The old password of who sets a new one, if they typed it.
pub fn old_password<'r>(request: &'r Request, old: Option<&'r str>) -> Option<Attempt<'r>> {
    old.filter(|old| !old.is_empty()).map(|old| attempt(request, "", old, None))
}

/// The answer to a right password: this browser is known from now on.
pub fn known_device(request: &Request, response: Response, proved: &Proved) -> Result<Response, Problem> {
    let cookie =
        Cookie::Device.set(&request.app().config.server.base_url, &proved.device, devices::KNOWN_FOR);
    response::set_cookie(response, &cookie)
}
