package target

import "github.com/zreq-go/zreq/zreq/internal/ascii"

// Resolve returns the URL that ref means in a response to a request for t
// (RFC 3986, 5.2.2). A fragment is left out. What is no http URL may be returned as it
// is.
func (t *Target) Resolve(ref string) string {
	ref, _ = ascii.Split(ref, "#")
	path, query := ascii.Split(ref, "?")
	base := t.Origin.String()
	scheme, rest := ascii.Split(path, ":/")
	full := scheme != "" && rest != "" && rest[0] == ':'
	if full {
		path = rest[1:]
	} else {
		scheme, _ = ascii.Split(base, ":")
	}
	rest, hasHost := ascii.CutPrefixFold(path, "//")
	switch {
	case hasHost:
		rest, path = ascii.Split(rest, "/")
		base = scheme + "://" + rest
	case full:
		return ref
	case path == "":
		if query == "" {
			query = t.Query
		}
		return base + t.Path + query
	case path[0] != '/':
		i := len(t.Path)
		for i > 0 && t.Path[i-1] != '/' {
			i--
		}
		if i == 0 {
			path = "/" + path
		}
		path = t.Path[:i] + path
	}
	return base + removeDots(path) + query
}

// removeDots takes the segments "." and ".." out of a path that is empty or begins
// with a slash (RFC 3986, 5.2.4).
func removeDots(path string) string {
	p := []byte(path)
	w := 0
	for path != "" {
		name, rest := ascii.Split(path[1:], "/")
		path = rest
		switch name {
		case "..":
			for w > 0 {
				if w--; p[w] == '/' {
					break
				}
			}
		case ".":
		default:
			w += copy(p[w:], "/"+name)
			continue
		}
		if path == "" {
			p[w] = '/'
			w++
		}
	}
	return string(p[:w])
}
