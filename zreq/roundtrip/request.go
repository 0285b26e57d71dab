package roundtrip

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/wire"
)

// check refuses a request that zreq cannot make.
func check(req *http.Request) error {
	switch {
	case req.URL == nil:
		return errNoURL
	case req.Header == nil:
		return errNoHeader
	case len(req.Trailer) > 0:
		return ErrTrailer
	case req.Body == nil && req.ContentLength != 0:
		return &refusal{fmt.Sprintf("Request.ContentLength=%d with nil Body", req.ContentLength)}
	}
	for _, coding := range req.TransferEncoding {
		if len(req.TransferEncoding) > 1 || coding != "chunked" && coding != "identity" {
			return errTE
		}
	}
	if req.URL.Scheme != "http" && req.URL.Scheme != "https" {
		return &refusal{fmt.Sprintf("unsupported protocol scheme %q", req.URL.Scheme)}
	}
	if _, err := wire.AppendMethod(nil, method(req)); err != nil {
		return &refusal{fmt.Sprintf("invalid method %q", req.Method)}
	}
	if req.URL.Host == "" {
		return errNoHost
	}
	return checkFields(req.Header)
}

// checkFields refuses fields that no request may have. The error does not show a value,
// which may be secret.
func checkFields(h http.Header) error {
	var line []byte
	for name, values := range h {
		if len(values) == 0 {
			values = []string{""} // the name is checked even so
		}
		for _, value := range values {
			var err error
			line, err = wire.AppendField(line[:0], name, strings.Trim(value, " \t"))
			switch {
			case err == wire.ErrBadFieldName:
				return &refusal{fmt.Sprintf("invalid header field name %q", name)}
			case err != nil:
				return &refusal{fmt.Sprintf("invalid header field value for %q", name)}
			}
		}
	}
	return nil
}

// method returns the method of the request. No method means GET.
func method(req *http.Request) string {
	if req.Method == "" {
		return http.MethodGet
	}
	return req.Method
}

// arguments returns the arguments of the call. Except for the body, they keep nothing of
// the request that the caller may change.
func arguments(req *http.Request, up *upload) *zreq.Args {
	args := &zreq.Args{
		Headers:       headers(req),
		Stream:        true,
		MaxRedirects:  -1,   // the Client follows them
		AllowUnframed: true, // the Client judges the response
		// It also judges the status, the Content-Range and the content coding.
		StreamAnyStatus: true,
		AllowPercent:    true, // net/url accepts it in a query, which may have been signed
		Idempotent:      marked(req.Header),
		Omit:            []string{"Connection"}, // keep-alive is the default of HTTP/1.1
	}
	if up.sends() {
		args.Body = up.reader()
		args.Expect100 = expects(req.Header)
	}
	if has(req.Header, "Range") {
		args.Omit = append(args.Omit, "Accept-Encoding") // net/http does not send it either
	}
	if has(req.Header, "User-Agent") {
		args.Omit = append(args.Omit, "User-Agent") // the default one
	}
	return args
}

// headers returns the fields that are sent, sorted by name.
func headers(req *http.Request) zreq.Headers {
	host := req.Host
	if host == "" {
		host = req.URL.Host
	}
	fields := append(make(zreq.Headers, 0, len(req.Header)+2), [2]string{"Host", withoutZone(host)})
	for _, name := range slices.Sorted(maps.Keys(req.Header)) {
		values := req.Header[name]
		switch http.CanonicalHeaderKey(name) {
		case "Host", "Content-Length", "Transfer-Encoding", "Trailer":
			continue // made from the fields of the Request
		case "Expect":
			if expects(req.Header) {
				continue // zreq sends it, and only with a body (RFC 9110, 10.1.1)
			}
		case "User-Agent":
			if values = values[:min(len(values), 1)]; req.UserAgent() == "" {
				continue
			}
		}
		for _, value := range values {
			fields = append(fields, [2]string{name, strings.Trim(value, " \t")})
		}
	}
	if req.Close && !hasToken(req.Header["Connection"], "close") {
		fields = append(fields, [2]string{"Connection", "close"})
	}
	return fields
}

// has reports whether there is a field of that name, whatever its value.
func has(h http.Header, name string) bool {
	_, ok := h[name]
	return ok
}

// expects reports whether the caller wants to ask the peer before the body is sent.
func expects(h http.Header) bool { return hasToken(h["Expect"], "100-continue") }

// marked reports whether the caller says that the request may be made twice. As in
// net/http, a field without a value says so as well, although it is not sent.
func marked(h http.Header) bool { return has(h, "Idempotency-Key") || has(h, "X-Idempotency-Key") }

// hasToken reports whether one of the comma-separated lists contains token.
func hasToken(values []string, token string) bool {
	for _, value := range values {
		for member := range strings.SplitSeq(value, ",") {
			if strings.EqualFold(strings.Trim(member, " \t"), token) {
				return true
			}
		}
	}
	return false
}
