package target

import (
	"github.com/zreq-go/zreq/zreq/internal/ascii"
	"github.com/zreq-go/zreq/zreq/wire"
)

// Origin is scheme, host and port (RFC 9110, 4.3.1), and the zone of the host.
type Origin struct {
	Host  string // without the brackets of an IPv6 address, and without its zone
	Zone  string // of an IPv6 address, as in a URL: "%25eth0"; "" for none
	Port  int    // 0: Host has it, as "proxy:3128"
	HTTPS bool
}

// Same reports whether both are one origin. The case of a host does not matter, that of a
// zone does.
func (o *Origin) Same(p *Origin) bool {
	return o.HTTPS == p.HTTPS && o.Port == p.Port && ascii.EqualFold(o.Host, p.Host) &&
		(o.Zone == p.Zone || zone(o) == zone(p))
}

// Clone returns a copy that shares no memory with the URL, which may be long.
func (o *Origin) Clone() Origin {
	own := *o
	own.Host, own.Zone = string([]byte(o.Host)), string([]byte(o.Zone))
	return own
}

// AppendAuthority appends the value of the field Host: the port only where it is not the
// default, brackets around IPv6 (RFC 9110, 7.2). The zone is left out: it is a fact about
// this machine and means nothing to the peer (RFC 6874, 4).
func (o *Origin) AppendAuthority(dst []byte) []byte {
	return o.append(dst, "", o.Host, "", o.defaultPort())
}

// AppendAddress appends what a driver dials: host, zone and port.
func (o *Origin) AppendAddress(dst []byte) []byte {
	return o.append(dst, "", o.Host, zone(o), 0)
}

// zone returns the zone as a driver takes it, such as "%eth0", or "" if there is none.
func zone(o *Origin) string {
	decoded, _ := ascii.Unescape(o.Zone)
	return decoded
}

// String returns scheme, host and port as a URL has them: the host in lower case, the zone as
// it was given, and the port only where it is not the default (RFC 9110, 4.2.3).
func (o *Origin) String() string {
	scheme := "http://"
	if o.HTTPS {
		scheme = "https://"
	}
	var room [64]byte // most are shorter
	return string(o.append(room[:0], scheme, ascii.ToLower(o.Host), o.Zone, o.defaultPort()))
}

func (o *Origin) defaultPort() int {
	if o.HTTPS {
		return 443
	}
	return 80
}

// append appends scheme, host and port. The port is left out if it is silent.
func (o *Origin) append(dst []byte, scheme, host, zone string, silent int) []byte {
	open, shut := "", ""
	if o.Port != 0 && ascii.IndexByte(o.Host, ':') >= 0 { // an IPv6 address
		open, shut = "[", "]"
	}
	for _, part := range [...]string{scheme, open, host, zone, shut} {
		dst = append(dst, part...)
	}
	if o.Port == silent || o.Port == 0 {
		return dst
	}
	return wire.AppendUint(append(dst, ':'), int64(o.Port))
}
