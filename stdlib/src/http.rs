//! `http`: the web, by reqwest with rustls.
//!
//! What may have reached the server and was not answered is [`Answer::Unknown`]; what cannot have reached it, and an
//! answer that says so (429, 503), is [`Answer::NotDone`].

mod client;

use crate::access;
use crate::arguments::{Arguments, answer};
use crate::{limits, pure};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method, Request, Response, Url};
use runtime::{Answer, Data, EffectContext, ErrorKind, Failure, Natives, Value};
use std::error::Error;
use std::time::Duration;

/// The most redirects that one request follows.
const MOST_REDIRECTS: usize = 10;

/// Adds the natives.
pub fn add(natives: &mut Natives) {
    natives.effect("http.get", |context, arguments| async move { answer(get(context, arguments).await) });
    natives.effect("http.post_once", |context, arguments| async move {
        answer(submit(context, arguments, Method::POST, Key::None).await)
    });
    natives.effect("http.post_keyed", |context, arguments| async move {
        answer(submit(context, arguments, Method::POST, Key::Sent).await)
    });
    natives.effect("http.put", |context, arguments| async move {
        answer(submit(context, arguments, Method::PUT, Key::None).await)
    });
    natives.effect("http.delete", |context, arguments| async move { answer(delete(context, arguments).await) });
}

/// Whether the server is given a key by which it knows a repetition.
#[derive(PartialEq)]
enum Key {
    None,
    Sent,
}

async fn get(context: EffectContext, arguments: Vec<Data>) -> Result<Answer, Failure> {
    let mut arguments = Arguments::new(arguments);
    let mut url = parse(&arguments.string(0)?)?;
    let headers = headers(arguments.string_map(1)?)?;
    for (name, value) in arguments.string_map(2)? {
        url.query_pairs_mut().append_pair(&name, &value);
    }
    let timeout = arguments.int(3)?;
    let accepted = arguments.ints(4)?;
    let mut request = Request::new(Method::GET, url);
    *request.headers_mut() = headers;
    send(&context, request, timeout, &accepted).await
}

async fn delete(context: EffectContext, arguments: Vec<Data>) -> Result<Answer, Failure> {
    let mut arguments = Arguments::new(arguments);
    let mut request = Request::new(Method::DELETE, parse(&arguments.string(0)?)?);
    *request.headers_mut() = headers(arguments.string_map(1)?)?;
    let timeout = arguments.int(2)?;
    let accepted = arguments.ints(3)?;
    send(&context, request, timeout, &accepted).await
}

/// Sends a body.
async fn submit(context: EffectContext, arguments: Vec<Data>, method: Method, key: Key) -> Result<Answer, Failure> {
    let mut arguments = Arguments::new(arguments);
    let url = parse(&arguments.string(0)?)?;
    let text = arguments.string(1)?;
    let json = arguments.take(2);
    let mut request = Request::new(method, url);
    *request.headers_mut() = headers(arguments.string_map(3)?)?;
    let timeout = arguments.int(4)?;
    let accepted = arguments.ints(5)?;
    let body = if json == Data::None {
        text
    } else {
        let content_type = HeaderValue::from_static("application/json");
        request.headers_mut().entry("content-type").or_insert(content_type);
        pure::json::text(&Value::from_data(json)?)?
    };
    *request.body_mut() = Some(body.into());
    if key == Key::Sent {
        let value = HeaderValue::from_str(&context.idempotency_key)
            .map_err(|_| Failure::new(ErrorKind::Internal, "the idempotency key does not fit a header".to_owned()))?;
        request.headers_mut().insert("idempotency-key", value);
    }
    send(&context, request, timeout, &accepted).await
}

/// Sends a request and follows where it leads, each hop checked against what the task may touch.
async fn send(
    context: &EffectContext,
    mut request: Request,
    timeout: i64,
    accepted: &[i64],
) -> Result<Answer, Failure> {
    let timeout = Duration::from_micros(u64::try_from(timeout).unwrap_or(0));
    let first = request.url().clone();
    let work = async {
        for _ in 0..=MOST_REDIRECTS {
            let client = permitted(context, request.url()).await?;
            let again = request.try_clone();
            let response = match client.execute(request).await {
                Ok(response) => response,
                Err(error) => return Ok(refused(&first, &error)),
            };
            let target = location(&response);
            match (target, again) {
                (Some(target), Some(again)) => request = redirected(again, &response, target),
                _ => return received(response, accepted).await,
            }
        }
        let message = format!("{first} leads through more than {MOST_REDIRECTS} redirects");
        Err(Failure::new(ErrorKind::Unavailable, message))
    };
    match tokio::time::timeout(timeout, work).await {
        Ok(outcome) => outcome,
        Err(_) => {
            let message = format!("{first} did not answer within {timeout:?}");
            Ok(Answer::Unknown(Failure::new(ErrorKind::Timeout, message)))
        }
    }
}

/// Fails unless the task may talk to the host, and gives the client for it. An address of a private network must be
/// named as it is; a name that leads to one is refused, or any page could reach what only this machine can.
async fn permitted(context: &EffectContext, url: &Url) -> Result<&'static Client, Failure> {
    if !matches!(url.scheme(), "http" | "https") {
        return Err(Failure::new(ErrorKind::Invalid, format!("{url} is not an address of the web")));
    }
    // An IPv6 address stands in brackets, here as in `needs net "[::1]:8080"`.
    let host = url.host_str().unwrap_or_default();
    let port = url.port_or_known_default().unwrap_or(0);
    access::host(context, host, port)?;
    if access::is_host_named(context, host, port) {
        return client::for_named_hosts();
    }
    let client = client::for_public_hosts()?;
    // The client refuses private addresses itself; asking first gives the better message.
    let Ok(addresses) = tokio::net::lookup_host((host.trim_matches(['[', ']']), port)).await else { return Ok(client) };
    match addresses.map(|address| address.ip()).find(client::is_private) {
        None => Ok(client),
        Some(address) => {
            let message = format!("`{host}` is the private address {address}; name it: `needs net {host:?}`");
            Err(Failure::new(ErrorKind::Forbidden, message))
        }
    }
}

fn location(response: &Response) -> Option<Url> {
    let target = response.headers().get("location")?.to_str().ok()?;
    response.status().is_redirection().then(|| response.url().join(target).ok()).flatten()
}

/// Gives the request that follows a redirect: 303, and 301 and 302 of a POST, become a GET; what was meant for one host
/// alone does not go to another.
fn redirected(mut request: Request, response: &Response, target: Url) -> Request {
    let status = response.status().as_u16();
    if matches!(status, 301..=303) && request.method() != Method::GET {
        *request.method_mut() = Method::GET;
        *request.body_mut() = None;
        request.headers_mut().remove("content-type");
    }
    if target.origin() != request.url().origin() {
        for private in ["authorization", "cookie", "idempotency-key"] {
            request.headers_mut().remove(private);
        }
    }
    *request.url_mut() = target;
    request
}

/// Reads the answer, up to the limit, and turns its status into an outcome.
async fn received(mut response: Response, accepted: &[i64]) -> Result<Answer, Failure> {
    let url = response.url().clone();
    let status = i64::from(response.status().as_u16());
    let headers = response.headers().clone();
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() > limits::OUTCOME => {
                let message = format!(
                    "{url} answered with more than {} KiB; let a program such as curl write it to a file by `exec.run`",
                    limits::OUTCOME >> 10
                );
                return Err(Failure::new(ErrorKind::Limit, message));
            }
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => break,
            Err(error) => return Ok(Answer::Unknown(Failure::new(ErrorKind::Network, said(&url, &error)))),
        }
    }
    let body = String::from_utf8_lossy(&body).into_owned();
    if status >= 400 && !accepted.contains(&status) {
        return Ok(rejected(&url, status, &body, asked_pause(&headers)));
    }
    let headers = header_map(&headers);
    Ok(Answer::Done(Ok(Data::Record(vec![Data::Int(status), headers, Data::String(body)]))))
}

/// Gives the headers by name; the values of one that comes several times are joined by commas.
fn header_map(headers: &HeaderMap) -> Data {
    let entries = headers.keys().map(|name| {
        let values: Vec<_> =
            headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
        (Data::String(name.as_str().to_owned()), Data::String(values.join(", ")))
    });
    Data::Map(entries.collect())
}

fn rejected(url: &Url, status: i64, body: &str, pause: Option<Duration>) -> Answer {
    let kind = match status {
        401 | 403 => ErrorKind::Denied,
        404 | 410 => ErrorKind::NotFound,
        409 | 412 => ErrorKind::Conflict,
        408 => ErrorKind::Timeout,
        429 => ErrorKind::RateLimited,
        500.. => ErrorKind::Unavailable,
        _ => ErrorKind::Invalid,
    };
    let excerpt: String = body.trim().chars().take(200).collect();
    let excerpt = if excerpt.is_empty() { String::new() } else { format!(": {excerpt}") };
    let failure = Failure::new(kind, format!("{url} answered with status {status}{excerpt}"));
    match (status, pause) {
        (429 | 503, Some(pause)) => Answer::NotNow { failure, pause },
        (429 | 503, None) => Answer::NotDone(failure),
        (_, _) => Answer::Done(Err(failure)),
    }
}

/// Reads `Retry-After`: seconds, or a date, which is held against the `Date` of the same answer: both are of the server's
/// clock.
fn asked_pause(headers: &HeaderMap) -> Option<Duration> {
    let text = |name: &str| Some(headers.get(name)?.to_str().ok()?.trim());
    let after = text("retry-after")?;
    if let Ok(seconds) = after.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = |text: &str| jiff::fmt::rfc2822::parse(text).ok().map(|at| at.timestamp());
    let pause = at(after)?.duration_since(at(text("date")?)?);
    Some(Duration::try_from(pause).unwrap_or_default())
}

fn refused(url: &Url, error: &reqwest::Error) -> Answer {
    let failure = Failure::new(ErrorKind::Network, said(url, error));
    if error.is_connect() || error.is_builder() { Answer::NotDone(failure) } else { Answer::Unknown(failure) }
}

/// Says an error with its innermost cause, which is the one that helps.
fn said(url: &Url, error: &reqwest::Error) -> String {
    let mut cause: &dyn Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    format!("{url} cannot be reached: {cause}")
}

fn parse(text: &str) -> Result<Url, Failure> {
    Url::parse(text).map_err(|error| Failure::new(ErrorKind::Invalid, format!("{text:?} is not a URL: {error}")))
}

fn headers(entries: Vec<(String, String)>) -> Result<HeaderMap, Failure> {
    let mut headers = HeaderMap::new();
    for (name, value) in entries {
        let wrong = || Failure::new(ErrorKind::Invalid, format!("{name:?} with {value:?} is not a header"));
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| wrong())?;
        headers.append(name, HeaderValue::from_str(&value).map_err(|_| wrong())?);
    }
    Ok(headers)
}

#[cfg(test)]
mod tests {
    use super::asked_pause;
    use reqwest::header::{DATE, HeaderMap, HeaderValue, RETRY_AFTER};
    use std::time::Duration;

    fn pause(after: &'static str, date: Option<&'static str>) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, HeaderValue::from_static(after));
        headers.extend(date.map(|date| (DATE, HeaderValue::from_static(date))));
        asked_pause(&headers)
    }

    #[test]
    fn a_pause_is_seconds_or_reaches_to_a_date_of_the_servers_clock() {
        let date = Some("Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(pause("120", None), Some(Duration::from_secs(120)));
        assert_eq!(pause("Sun, 06 Nov 1994 08:51:07 GMT", date), Some(Duration::from_secs(90)));
        assert_eq!(pause("Sun, 06 Nov 1994 08:49:00 GMT", date), Some(Duration::ZERO));
        assert_eq!(pause("Sun, 06 Nov 1994 08:51:07 GMT", None), None);
        assert_eq!(pause("soon", date), None);
    }
}
