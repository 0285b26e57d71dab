package zreq

import "context"

// Get makes a GET request, which transfers the current representation of a resource (RFC
// 9110, 9.3.1). See [Do].
func Get(ctx context.Context, url string, args *Args) (*Response, error) {
	return Do(ctx, "GET", url, args)
}

// Head makes a HEAD request, which is a GET without the body (RFC 9110, 9.3.2). See [Do].
func Head(ctx context.Context, url string, args *Args) (*Response, error) {
	return Do(ctx, "HEAD", url, args)
}

// Post makes a POST request (RFC 9110, 9.3.3). See [Do].
func Post(ctx context.Context, url string, args *Args) (*Response, error) {
	return Do(ctx, "POST", url, args)
}

// Put makes a PUT request (RFC 9110, 9.3.4). See [Do].
func Put(ctx context.Context, url string, args *Args) (*Response, error) {
	return Do(ctx, "PUT", url, args)
}

// Patch makes a PATCH request (RFC 5789). See [Do].
func Patch(ctx context.Context, url string, args *Args) (*Response, error) {
	return Do(ctx, "PATCH", url, args)
}

// Delete makes a DELETE request (RFC 9110, 9.3.5). See [Do].
func Delete(ctx context.Context, url string, args *Args) (*Response, error) {
	return Do(ctx, "DELETE", url, args)
}

// Options makes an OPTIONS request (RFC 9110, 9.3.7). A URL without a path is about the
// path "/", as in every request, and not about the server as a whole: "OPTIONS *" cannot be
// sent. See [Do].
func Options(ctx context.Context, url string, args *Args) (*Response, error) {
	return Do(ctx, "OPTIONS", url, args)
}

// Do makes a request with the given method. url is an absolute http or https URL. args
// may be nil.
//
// Methods are case-sensitive. The name of a verb in another case, such as "get", is
// ErrRequest, and so is CONNECT. The response to a TRACE shows the request, so a TRACE with
// a body, with credentials or with another field that OriginOnly names is ErrRequest (RFC
// 9110, 9.3.8). Args.Anonymous leaves out those of Args and of a Session, but not the
// userinfo of the URL.
//
// An IPv6 address in url may have a zone, as in http://[fe80::1%25eth0]/. The zone is
// passed to the driver and is not sent.
//
// Do returns when the response has been read to its end or the call has failed. With
// Args.Stream it returns after the response head. The Response is not nil if a final head
// was read, even if there is an error as well. The error is an [*Error]. A status of 400
// or more is not an error in itself, but see Args.StreamCallback.
//
// When ctx ends, the call fails with the cause of ctx. Do starts no goroutine;
// context.AfterFunc starts one if ctx ends during the call. Under TinyGo, ctx is asked from
// time to time instead: see package netdriver/netdev.
func Do(ctx context.Context, method, url string, args *Args) (*Response, error) {
	return do(ctx, method, url, args)
}
