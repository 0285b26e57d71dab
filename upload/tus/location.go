package tus

import (
	"errors"
	"net/url"
	"strconv"

	"github.com/zreq-go/zreq/zreq"
)

var (
	errNoLocation  = errors.New("there is no Location")
	errLocations   = errors.New("there are two Locations")
	errBadLocation = errors.New("the Location is no URL of http or https")
	errLongURL     = errors.New("the Location is longer than " + strconv.Itoa(maxURL) + " bytes")
	errUserinfo    = errors.New("the Location has userinfo (RFC 9110, 4.2.4)")
	errDowngrade   = errors.New("the Location begins with http:// and the endpoint with https://: " +
		"the server does not know that it is behind TLS. Tell it so (tusd: -behind-proxy, and the proxy sends X-Forwarded-Proto), " +
		"or let it send a relative Location")
)

// locationOf returns the URL of an upload that was created, without a fragment. A relative
// one is resolved against the URL that was requested (RFC 9110, 10.2.2).
func locationOf(resp *zreq.Response) (string, error) {
	values := resp.Values("Location")
	switch {
	case len(values) == 0 || values[0] == "":
		return "", errNoLocation
	case len(values) > 1:
		return "", errLocations
	case len(values[0]) > maxURL:
		return "", errLongURL
	}
	from, err := url.Parse(resp.URL())
	if err != nil {
		return "", err
	}
	to, err := from.Parse(values[0])
	switch {
	case err != nil:
		return "", errBadLocation
	case to.User != nil:
		return "", errUserinfo
	case to.Host == "" || to.Scheme != "http" && to.Scheme != "https":
		return "", errBadLocation
	case from.Scheme == "https" && to.Scheme == "http":
		return "", errDowngrade
	}
	to.Fragment, to.RawFragment = "", ""
	at := to.String()
	if len(at) > maxURL {
		return "", errLongURL
	}
	return at, nil
}

// safeURL returns a URL without userinfo, query and fragment.
func safeURL(text string) string {
	at, err := url.Parse(text)
	if err != nil {
		return "(not a URL)"
	}
	return (&url.URL{Scheme: at.Scheme, Host: at.Host, Path: at.Path, RawPath: at.RawPath}).String()
}
