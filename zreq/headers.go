package zreq

// Headers is an ordered list of header fields. A name may come more than once;
// order and spelling are kept on the wire. Names are compared without case.
//
//	zreq.Headers{{"Accept", "application/json"}, {"Connection", "Keep-Alive"}}
type Headers [][2]string

// Get returns the first value of name and whether there is one.
func (h Headers) Get(name string) (value string, ok bool) {
	for i := range h {
		if equalFold(h[i][0], name) {
			return h[i][1], true
		}
	}
	return "", false
}
