//! The data directory: whether it is there, ours to write, and has room.

use rustix::fs::{Access, access, statvfs};

use super::finding::Finding;
use crate::config::Config;
use crate::storage::redb::is_compaction_wished;

pub fn look(config: &Config) -> Vec<Finding> {
    let directory = &config.storage.directory;
    let shown = directory.display();
    if !directory.exists() {
        return vec![
            Finding::note(format!("{shown} is not there yet"))
                .do_this("the server makes it at its first start"),
        ];
    }
    if access(directory, Access::READ_OK | Access::WRITE_OK | Access::EXEC_OK).is_err() {
        return vec![
            Finding::wrong(format!("{shown} is not this user's to write"))
                .do_this("run as the user who runs the server, or give it the directory with chown"),
        ];
    }
    let mut found = match statvfs(directory) {
        Ok(disk) => vec![room(
            &shown.to_string(),
            disk.f_bavail.saturating_mul(disk.f_frsize),
            config.storage.reserve_bytes,
        )],
        Err(fault) => vec![Finding::wrong(format!("the disk of {shown} cannot be asked: {fault}"))],
    };
    if is_compaction_wished(directory) {
        found.push(Finding::note("the data file is compacted at the next start of the server"));
    }
    found
}

fn room(directory: &str, free: u64, reserve: u64) -> Finding {
    let (free_mib, reserve_mib) = (free >> 20, reserve >> 20);
    if free < reserve {
        Finding::wrong(format!("{directory} has {free_mib} MiB free, less than the reserve of {reserve_mib} MiB: nobody can write"))
            .do_this("free some space; writes resume by themselves")
    } else if free / 4 < reserve {
        Finding::note(format!(
            "{directory} has {free_mib} MiB free; below {reserve_mib} MiB nobody can write"
        ))
    } else {
        Finding::fine(format!("{directory} can be written and has {free_mib} MiB free"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_below_the_reserve_is_wrong_and_one_close_to_it_is_noted() {
        assert!(room("d", 99, 100).is_wrong());
        assert!(room("d", 399, 100).to_string().starts_with('!'));
        assert!(room("d", 400, 100).to_string().starts_with('✓'));
        assert!(room("d", 400, 0).to_string().starts_with('✓'));
    }
}
