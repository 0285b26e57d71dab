package target

import "github.com/zreq-go/zreq/zreq/internal/ascii"

// Resolve returns the URL that ref means in a response to a request for t
// (RFC 3986, 5.2.2). A fragment is left out. What is no http URL may be returned as it
// is.
func (t *Target) Resolve(ref string) string {
	if i := ascii.IndexByte(ref, '#'); i >= 0 {
		ref = ref[:i]
	}
	path, query := ref, ""
	if i := ascii.IndexByte(ref, '?'); i >= 0 {
		path, query = ref[:i], ref[i:]
	}
	base := t.Origin.String()
	if i := ascii.IndexEither(path, ':', '/'); i > 0 && path[i] == ':' {
		base, path = path[:i+1], path[i+1:]
		if !ascii.HasPrefixFold(path, "//") {
			return ref
		}
	}
	switch {
	case path == "":
		if query == "" {
			query = t.Query
		}
		return base + t.Path + query
	case ascii.HasPrefixFold(path, "//"):
		end := 2
		for end < len(path) && path[end] != '/' {
			end++
		}
		base, path = base[:ascii.IndexByte(base, ':')+1]+path[:end], path[end:]
	case path[0] != '/':
		i := len(t.Path)
		for i > 0 && t.Path[i-1] != '/' {
			i--
		}
		folder := t.Path[:i]
		if i == 0 {
			folder = "/"
		}
		path = folder + path
	}
	return base + removeDots(path) + query
}

// removeDots takes the segments "." and ".." out of a path that is empty or begins
// with a slash (RFC 3986, 5.2.4).
func removeDots(path string) string {
	p := []byte(path)
	w := 0
	for path != "" {
		end := 1
		for end < len(path) && path[end] != '/' {
			end++
		}
		segment := path[:end]
		path = path[end:]
		if segment == "/.." {
			for w > 0 {
				if w--; p[w] == '/' {
					break
				}
			}
		} else if segment != "/." {
			w += copy(p[w:], segment)
			continue
		}
		if path == "" {
			p[w] = '/'
			w++
		}
	}
	return string(p[:w])
}
