package tus

import (
	"context"
	"strconv"
	"strings"

	"github.com/zreq-go/zreq/zreq"
)

// version is the one version of tus that there is.
const version = "1.0.0"

// Server is what a server says of itself in answer to OPTIONS.
type Server struct {
	Extensions []string // Tus-Extension, such as "creation" and "checksum"
	Checksums  []string // Tus-Checksum-Algorithm, such as "sha1"
	MaxSize    int64    // Tus-Max-Size: of an upload in bytes; −1 if it does not say
}

// Has reports whether the server has an extension.
func (s *Server) Has(extension string) bool { return s != nil && contains(s.Extensions, extension) }

func contains(list []string, name string) bool {
	for _, s := range list {
		if strings.EqualFold(s, name) {
			return true
		}
	}
	return false
}

// Discover asks an endpoint by OPTIONS what it can do. args may be nil; Call and Retry are
// used. An endpoint that does not say that it speaks tus 1.0.0 is ErrNotTus. Pass the
// Server to uploads as Args.Server, to spare each of them the question.
func Discover(ctx context.Context, endpoint string, args *Args) (*Server, error) {
	j := newJob(endpoint)
	defer j.close()
	err := j.begin(ctx, args)
	j.server = nil
	for err == nil && j.server == nil {
		o := j.discover(ctx)
		if j.server == nil && o.err == nil {
			o = j.refuse(StepDiscover, j.last, notTus(j.last))
		}
		err = j.follow(ctx, StepDiscover, o)
	}
	return j.server, j.finished(err)
}

// serverOf takes the facts out of a response.
func serverOf(resp *zreq.Response) *Server {
	s := &Server{
		Extensions: listed(resp.Values("Tus-Extension")),
		Checksums:  listed(resp.Values("Tus-Checksum-Algorithm")),
		MaxSize:    -1,
	}
	if n, ok := number(resp, "Tus-Max-Size"); ok {
		s.MaxSize = n
	}
	return s
}

// notTus is the error for an answer that no tus server gives.
func notTus(resp *zreq.Response) error {
	return detail(ErrNotTus, "the status is "+strconv.Itoa(resp.Status)+", and it said "+said(resp))
}

// otherVersion is the error for a server that has other versions.
func otherVersion(resp *zreq.Response) error {
	versions := strings.Join(listed(resp.Values("Tus-Version")), ", ")
	return detail(ErrNotTus, "it has the versions "+quote(versions))
}

// listed takes comma-separated lists apart (RFC 9110, 5.6.1).
func listed(lines []string) (names []string) {
	for _, line := range lines {
		for name := range strings.SplitSeq(line, ",") {
			if name = strings.Trim(name, " \t"); name != "" {
				names = append(names, name)
			}
		}
	}
	return names
}

// number returns the value of a field that is a non-negative integer and there once.
func number(resp *zreq.Response, name string) (n int64, ok bool) {
	values := resp.Values(name)
	if len(values) != 1 || len(values[0]) == 0 || len(values[0]) > 18 {
		return 0, false
	}
	for _, c := range []byte(values[0]) {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = 10*n + int64(c-'0')
	}
	return n, true
}
