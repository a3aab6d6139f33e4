//! A forge reached over http: `git http-backend` behind the smallest server that can carry it.

use crate::outside;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

/// How the forge treats who comes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Door {
    /// Everybody reads and writes.
    Open,
    /// Who does not bring this `Authorization` header gets 401.
    Password(String),
    /// Everybody reads, nobody writes (403).
    ReadOnly,
    /// Nobody gets an answer that git could use (503).
    Broken,
    /// Requests are taken and never answered.
    Silent,
}

/// A web server on a port of this machine that serves the bare repositories of a folder. It ends with the handle.
pub struct HttpForge {
    address: SocketAddr,
    shared: Arc<Shared>,
    acceptor: Option<JoinHandle<()>>,
}

struct Shared {
    root: PathBuf,
    git: PathBuf,
    door: Mutex<Door>,
    asked: Mutex<Vec<String>>,
    stop: AtomicBool,
}

impl HttpForge {
    /// Serves what is in `root`.
    ///
    /// # Panics
    /// No port is free, or there is no git.
    pub fn serve(root: &Path) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let address = listener.local_addr().expect("its address");
        let shared = Arc::new(Shared {
            root: root.to_owned(),
            git: outside::find_program("git").expect("git on the PATH"),
            door: Mutex::new(Door::Open),
            asked: Mutex::new(Vec::new()),
            stop: AtomicBool::new(false),
        });
        let world = Arc::clone(&shared);
        let acceptor = std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if world.stop.load(Ordering::SeqCst) {
                    break;
                }
                let world = Arc::clone(&world);
                // A client that goes away in the middle is its own affair.
                std::thread::spawn(move || drop(world.answer(&stream)));
            }
        });
        Self { address, shared, acceptor: Some(acceptor) }
    }

    /// The address of a repository, e.g. `origin.git`.
    pub fn url(&self, repository: &str) -> String {
        format!("http://{}/{repository}", self.address)
    }

    /// The same, with a user and a password in it.
    pub fn url_for(&self, user: &str, password: &str, repository: &str) -> String {
        format!("http://{user}:{password}@{}/{repository}", self.address)
    }

    /// Treats who comes from now on in another way.
    ///
    /// # Panics
    /// An answer panicked.
    pub fn set(&self, door: Door) {
        *self.shared.door.lock().expect("no answer panicked") = door;
    }

    /// What was asked since the last call: method, path and query.
    ///
    /// # Panics
    /// An answer panicked.
    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.shared.asked.lock().expect("no answer panicked"))
    }
}

impl Drop for HttpForge {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::SeqCst);
        // The acceptor sleeps until somebody comes.
        let _woken = TcpStream::connect(self.address);
        if let Some(acceptor) = self.acceptor.take() {
            let _ended = acceptor.join();
        }
    }
}

/// A request as far as git's clients use HTTP.
struct Request {
    method: String,
    path: String,
    query: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Request {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }

    fn read(stream: &TcpStream) -> std::io::Result<Self> {
        let mut input = BufReader::new(stream);
        let first = line(&mut input)?;
        let mut words = first.split(' ');
        let (method, target) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut request =
            Self { method: method.into(), path: path.into(), query: query.into(), headers: Vec::new(), body: Vec::new() };
        loop {
            let text = line(&mut input)?;
            let Some((name, value)) = text.split_once(':') else { break };
            request.headers.push((name.to_owned(), value.trim().to_owned()));
        }
        if request.header("Transfer-Encoding").is_some_and(|v| v.eq_ignore_ascii_case("chunked")) {
            // git sends what is larger than http.postBuffer in pieces.
            loop {
                let size = line(&mut input)?;
                let size = u64::from_str_radix(size.trim(), 16).unwrap_or(0);
                (&mut input).take(size).read_to_end(&mut request.body)?;
                line(&mut input)?;
                if size == 0 {
                    break;
                }
            }
        } else {
            let length = request.header("Content-Length").and_then(|v| v.parse().ok()).unwrap_or(0);
            (&mut input).take(length).read_to_end(&mut request.body)?;
        }
        Ok(request)
    }
}

fn line(input: &mut impl BufRead) -> std::io::Result<String> {
    let mut text = String::new();
    input.read_line(&mut text)?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

impl Shared {
    fn answer(&self, mut stream: &TcpStream) -> std::io::Result<()> {
        let request = Request::read(stream)?;
        self.asked.lock().expect("no answer panicked").push(format!("{} {}?{}", request.method, request.path, request.query));
        let door = self.door.lock().expect("no answer panicked").clone();
        let writes = request.path.ends_with("/git-receive-pack") || request.query.contains("git-receive-pack");
        match &door {
            Door::Password(word) if request.header("Authorization") != Some(word) => {
                return stream.write_all(
                    b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"forge\"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
                );
            }
            Door::ReadOnly if writes => return short(stream, "403 Forbidden"),
            Door::Broken => return short(stream, "503 Service Unavailable"),
            Door::Silent => return stream.read_to_end(&mut Vec::new()).map(drop),
            _ => {}
        }
        let answer = self.backend(&request)?;
        let end = answer.windows(4).position(|w| w == b"\r\n\r\n").unwrap_or(answer.len().saturating_sub(4));
        let head = String::from_utf8_lossy(&answer[..end]).into_owned();
        let status = head.lines().find_map(|l| l.strip_prefix("Status: ")).unwrap_or("200 OK");
        let body = &answer[end + 4..];
        write!(stream, "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n", body.len())?;
        for header in head.lines().filter(|l| !l.starts_with("Status: ") && !l.starts_with("Content-Length")) {
            write!(stream, "{header}\r\n")?;
        }
        stream.write_all(b"\r\n")?;
        stream.write_all(body)
    }

    /// git's own CGI program.
    fn backend(&self, request: &Request) -> std::io::Result<Vec<u8>> {
        let mut cgi = Command::new(&self.git);
        cgi.args(["-c", "http.receivepack=true", "http-backend"]).env_clear();
        let header = |name: &str| request.header(name).unwrap_or("").to_owned();
        cgi.env("PATH", outside::path_for(&self.root.join("empty"), &self.git));
        cgi.env("GIT_CONFIG_SYSTEM", "/dev/null").env("GIT_CONFIG_GLOBAL", "/dev/null").env("HOME", &self.root);
        cgi.env("GIT_PROJECT_ROOT", &self.root).env("GIT_HTTP_EXPORT_ALL", "1").env("PATH_INFO", &request.path);
        cgi.env("REQUEST_METHOD", &request.method).env("QUERY_STRING", &request.query).env("REMOTE_ADDR", "127.0.0.1");
        cgi.env("CONTENT_TYPE", header("Content-Type")).env("CONTENT_LENGTH", request.body.len().to_string());
        cgi.env("HTTP_CONTENT_ENCODING", header("Content-Encoding")).env("GIT_PROTOCOL", header("Git-Protocol"));
        let mut child = cgi.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let pipe = child.stdin.take();
        std::thread::scope(|scope| {
            // It may answer before it has read everything.
            scope.spawn(move || pipe.map(|mut pipe| pipe.write_all(&request.body)));
            child.wait_with_output()
        })
        .map(|out| out.stdout)
    }
}

fn short(mut stream: &TcpStream, status: &str) -> std::io::Result<()> {
    write!(stream, "HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
}
