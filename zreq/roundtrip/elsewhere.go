package roundtrip

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq"
)

// errNotAnonymous is the error of a redirect to https at another origin with a TLS that
// may show a client certificate there.
var errNotAnonymous = &refusal{"a redirect led to https at another origin, and the TLS is no netdriver.Anonymizer: what it shows of us is not known"}

// ledElsewhere reports whether a redirect has led the Client from one origin to another
// on its way to req. http.Client records in a request the response that led to it.
func ledElsewhere(req *http.Request) bool {
	for to := req; to.Response != nil && to.Response.Request != nil; to = to.Response.Request {
		if from := to.Response.Request; from.URL != nil && origin(from.URL) != origin(to.URL) {
			return true
		}
	}
	return false
}

// origin returns the scheme, host and port of a URL in one spelling (RFC 9110, 4.3.1).
func origin(u *url.URL) string {
	scheme, port := strings.ToLower(u.Scheme), u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[scheme]
	}
	return scheme + "://" + strings.ToLower(u.Hostname()) + ":" + port
}

// withhold leaves out, at an origin to which a redirect led, what zreq would leave out
// there if it had followed the redirect itself: what the Session says about us, and the
// fields that its OriginOnly names. The Client has already decided about the credentials
// and cookies of the request.
func withhold(s *zreq.Session, args *zreq.Args, https bool) error {
	args.Headers = slices.DeleteFunc(args.Headers, func(field [2]string) bool {
		return names(s.OriginOnly, field[0])
	})
	args.Omit = append(args.Omit, "Authorization", "Cookie", "Proxy-Authorization")
	for _, name := range s.OriginOnly {
		if !strings.EqualFold(name, "Host") {
			args.Omit = append(args.Omit, name)
		}
	}
	secure := s.TLS
	if _, chip := driver(s).(netdriver.TLSDialer); secure == nil && !chip {
		secure = netdriver.DefaultTLS()
	}
	if !https || secure == nil {
		return nil
	}
	if args.TLS = netdriver.Anonymous(secure); args.TLS == nil {
		return errNotAnonymous
	}
	return nil
}

// driver returns the driver that the calls of s use, or nil if there is none.
func driver(s *zreq.Session) netdriver.Driver {
	if s.Driver != nil {
		return s.Driver
	}
	d, _ := netdriver.Default()
	return d
}

// names reports whether list contains name.
func names(list []string, name string) bool {
	return slices.ContainsFunc(list, func(one string) bool { return strings.EqualFold(one, name) })
}
