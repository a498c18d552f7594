/** Debian's nginx in front of page and server, as in production: it ends TLS, and passes on as `deploy/nginx.conf` says. */

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { eventually } from "./eventually.mjs";
import { Program } from "./program.mjs";

const EXAMPLE = resolve(import.meta.dirname, "../../../deploy/nginx.conf");
const PATH = "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin";

/** A port that nobody has at the moment. */
export async function freePort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

export class Nginx {
  #program;
  #directory;

  /** `hosts` are the ports behind each name; all names share one port, which `freePort` gave, and one certificate. */
  static async listen({ port, hosts, certificate }) {
    const nginx = new Nginx();
    nginx.#directory = await mkdtemp(join(tmpdir(), "afterword-nginx-"));
    const at = (name) => join(nginx.#directory, name);
    await writeFile(at("key.pem"), certificate.key, { mode: 0o600 });
    await writeFile(at("cert.pem"), certificate.cert);
    // As the example says for a host of its own.
    const example = (await readFile(EXAMPLE, "utf8")).replace("location /comments/", "location /").replace("$host;", "$http_host;");
    const servers = Object.entries(hosts).map(([name, behind]) =>
      `server { listen 127.0.0.1:${port} ssl http2; server_name ${name}; ssl_certificate ${at("cert.pem")}; ssl_certificate_key ${at("key.pem")};\n${example.replace("127.0.0.1:8080", `127.0.0.1:${behind}`)}\n}\n`);
    const scratch = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((kind) => `${kind}_temp_path ${at(kind)};\n`);
    const text = `daemon off; master_process off; pid ${at("pid")}; error_log stderr;\nevents {}\nhttp { access_log off;\n${scratch.join("")}${servers.join("")}}\n`;
    await writeFile(at("nginx.conf"), text);
    nginx.#program = await Program.start("nginx", ["-e", "stderr", "-c", at("nginx.conf")], { env: { PATH }, cwd: nginx.#directory });
    await eventually("nginx to listen", () => nginx.#program.hasEnded || answers(port));
    if (nginx.#program.hasEnded) {
      const said = nginx.#program.said;
      await nginx.close();
      throw new Error(`nginx: ${said}`);
    }
    return nginx;
  }

  async close() {
    await this.#program.stop();
    await rm(this.#directory, { recursive: true, force: true });
  }
}

const answers = (port) =>
  new Promise((done) => {
    const socket = connect(port, "127.0.0.1", () => (socket.destroy(), done(true)));
    socket.once("error", () => done(false));
  });
