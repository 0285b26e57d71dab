package zreq

// resolve returns the URL that ref means in a response to a request for t
// (RFC 3986, 5.2.2). A fragment is left out. A space, which servers send and no
// URL has, is encoded. What is no http URL may be returned as it is.
func (t *target) resolve(ref string) string {
	if i := indexByte(ref, '#'); i >= 0 {
		ref = ref[:i]
	}
	path, query := ref, ""
	if i := indexByte(ref, '?'); i >= 0 {
		path, query = ref[:i], ref[i:]
	}
	dst := t.origin()
	if i := indexAny(path, ':', '/'); i > 0 && path[i] == ':' {
		dst, path = append(dst[:0], path[:i+1]...), path[i+1:]
		if !hasPrefixFold(path, "//") {
			return ref
		}
	} else if hasPrefixFold(path, "//") {
		dst = dst[:indexByte(string(dst), ':')+1]
	}
	start := len(dst)
	switch {
	case hasPrefixFold(path, "//"):
		end := 2 + indexByte(path[2:]+"/", '/')
		dst = append(dst, path...)
		start += end
	case path == "":
		dst = append(dst, t.path...)
		start = len(dst)
		if query == "" {
			query = t.query
		}
	case path[0] == '/':
		dst = append(dst, path...)
	default:
		before := len(t.path)
		for before > 0 && t.path[before-1] != '/' {
			before--
		}
		dst = append(dst, t.path[:before]...)
		if before == 0 {
			dst = append(dst, '/')
		}
		dst = append(dst, path...)
	}
	dst = append(removeDots(dst, start), query...)
	url := dst[:0:0]
	for _, c := range dst {
		if c == ' ' {
			url = append(url, "%20"...)
		} else {
			url = append(url, c)
		}
	}
	return string(url)
}

// removeDots takes the segments "." and ".." out of the path that begins at
// dst[start] (RFC 3986, 5.2.4).
func removeDots(dst []byte, start int) []byte {
	path := dst[start:]
	dst = dst[:start]
	for len(path) > 0 { // at a slash
		end := 1
		for end < len(path) && path[end] != '/' {
			end++
		}
		dots := string(path[1:end])
		switch {
		case dots == "..":
			for len(dst) > start && dst[len(dst)-1] != '/' {
				dst = dst[:len(dst)-1]
			}
			dst = dst[:max(start, len(dst)-1)]
			fallthrough
		case dots == ".":
			if end == len(path) {
				dst = append(dst, '/')
			}
		default:
			dst = append(dst, path[:end]...)
		}
		path = path[end:]
	}
	return dst
}
