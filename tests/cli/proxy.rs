//! The example in `deploy/nginx.conf`, as it stands there, run with nginx: Afterword behind a path of the site.

use std::io::Read;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::home::{Home, Server, get};

const EXAMPLE: &str = include_str!("../../deploy/nginx.conf");

struct Nginx(Child);

impl Nginx {
    /// Runs the example on a port of ours with Afterword where it really is; `None` if somebody else took the port first.
    fn start(directory: &Path, address: SocketAddr, afterword: &Server) -> Option<Nginx> {
        let upstream = "127.0.0.1:8080";
        assert!(EXAMPLE.contains(upstream), "the example leads to the default port");
        let example = EXAMPLE.replace(upstream, &afterword.address.to_string());
        let scratch = directory.display();
        let temp_paths: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|kind| format!("{kind}_temp_path {scratch}/{kind};\n"))
            .concat();
        let config = format!(
            "daemon off; master_process off; pid {scratch}/nginx.pid; error_log stderr;\nevents {{}}\n\
             http {{\naccess_log off;\n{temp_paths}server {{\nlisten {address};\n{example}\n}}\n}}\n"
        );
        let file = directory.join("nginx.conf");
        std::fs::write(&file, config).expect("written");
        let mut child = Command::new("nginx")
            .env("PATH", "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin")
            .args(["-e", "stderr", "-c"])
            .arg(&file)
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("nginx is installed (on Debian: apt-get install nginx)");
        loop {
            if let Some(status) = child.try_wait().expect("a child of ours") {
                let mut log = String::new();
                let _ = child.stderr.take().expect("piped").read_to_string(&mut log);
                assert!(log.contains("Address already in use"), "nginx ended with {status}: {log}");
                return None;
            }
            if TcpStream::connect(address).is_ok() {
                return Some(Nginx(child));
            }
            std::thread::yield_now();
        }
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Afterword and nginx in front, on a port that was free a moment ago.
fn behind_nginx() -> (Home, Server, Nginx, SocketAddr) {
    loop {
        let address = TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr()).expect("a port");
        let home = Home::new().with("AFTERWORD_SERVER__BASE_URL", &format!("http://{address}/comments"));
        home.run(&["site", "add", "blog", "--origin", "https://blog.example"]).ok();
        let server = home.serve();
        if let Some(nginx) = Nginx::start(home.path(), address, &server) {
            return (home, server, nginx, address);
        }
    }
}

#[test]
fn the_nginx_example_serves_everything_under_a_path_of_the_site() {
    let (home, server, _nginx, address) = behind_nginx();

    let health = get(address, "/comments/healthz");
    assert_eq!(health.status, 200, "{health:?}");
    let loader = get(address, "/comments/embed.js");
    assert_eq!(loader.status, 200, "{loader:?}");
    assert!(loader.head.to_lowercase().contains("content-type: text/javascript"), "{loader:?}");
    let thread = get(address, "/comments/api/v1/sites/blog/thread?page=/a");
    assert_eq!(thread.status, 200, "{thread:?}");
    assert!(thread.head.to_lowercase().contains("etag: "), "nginx passes the ETag on: {thread:?}");
    assert!(thread.body.contains("\"conversations\":[]"), "{thread:?}");
    assert_eq!(get(address, "/healthz").status, 404, "outside the path is the site's own");

    // A container's health check asks past the proxy.
    let listen = server.address.to_string();
    home.with("AFTERWORD_SERVER__LISTEN", &listen).run(&["health"]).ok();
}
