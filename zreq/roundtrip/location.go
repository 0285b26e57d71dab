package roundtrip

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/zreq-go/zreq/zreq/wire"
)

// repairLocation encodes a '%' that begins no escape in the path or the fragment of a
// Location. http.Client would fail the call, because net/url refuses such a '%'
// everywhere but in a query. A Location that net/url accepts is left as it came.
func repairLocation(res *http.Response) {
	location := res.Header.Get("Location")
	if _, err := url.Parse(location); res.StatusCode/100 != 3 || !errors.As(err, new(url.EscapeError)) {
		return
	}
	rest, fragment, marked := strings.Cut(location, "#")
	rest, query, asks := strings.Cut(rest, "?")
	start := pathStart(rest)
	repaired, err := wire.AppendLooseTarget([]byte(rest[:start]), rest[start:], wire.PercentEncoded)
	if asks {
		repaired = append(append(repaired, '?'), query...)
	}
	if err == nil && marked {
		repaired, err = wire.AppendLooseTarget(append(repaired, '#'), fragment, wire.PercentEncoded)
	}
	if err == nil {
		res.Header["Location"][0] = string(repaired)
	}
}

// pathStart returns where the path of a reference begins: after its scheme and host, if
// it has them.
func pathStart(ref string) int {
	slash := strings.IndexByte(ref, '/')
	if slash < 0 || !strings.HasPrefix(ref[slash:], "//") || slash > 0 && ref[slash-1] != ':' {
		return 0
	}
	host := slash + len("//")
	if end := strings.IndexByte(ref[host:], '/'); end >= 0 {
		return host + end
	}
	return len(ref)
}
