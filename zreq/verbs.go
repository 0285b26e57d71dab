package zreq

import "context"

// Get makes a GET request: transfer the current representation (RFC 9110, 9.3.1).
// See [Do].
func Get(ctx context.Context, url string, args *Args) (*Response, error) {
	return Do(ctx, "GET", url, args)
}

// Head makes a HEAD request: GET without the body (RFC 9110, 9.3.2). See [Do].
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

// Options makes an OPTIONS request (RFC 9110, 9.3.7). See [Do].
func Options(ctx context.Context, url string, args *Args) (*Response, error) {
	return Do(ctx, "OPTIONS", url, args)
}

// Do makes a request with any method but CONNECT. Methods are case-sensitive: "get"
// is not GET, and the name of a verb in another case is ErrRequest. url is absolute,
// http or https; args may be nil. An IPv6 address in it may have a zone, as in
// http://[fe80::1%25eth0]/, which goes to the driver and to nobody else.
//
// It returns when the response has been read to its end, or when it failed.
// The Response is not nil whenever a final head was read, also beside an error.
// The error is an [*Error]. A status of 400 or more is none in itself, but see
// Args.StreamCallback.
//
// When ctx ends, so does the call, with the cause of ctx. No goroutine is
// started, but for the one of context.AfterFunc when ctx ends in mid-call.
func Do(ctx context.Context, method, url string, args *Args) (*Response, error) {
	if args == nil {
		args = &Args{}
	}
	resp := args.Into
	if resp == nil {
		resp = new(Response)
	}
	x := exchange{method: method, args: args, resp: resp}
	return x.do(ctx, url)
}

// do makes the call.
func (x *exchange) do(ctx context.Context, url string) (*Response, error) {
	callback, resp := x.args.StreamCallback, x.resp
	err := x.run(ctx, url)
	if x.answered && callback == nil && !x.stopped {
		resp.use = untaken
	}
	if err != nil && !x.answered {
		return nil, err
	}
	return resp, err
}
