package form

import (
	"maps"
	"slices"
)

// Values is an ordered list of names and values. A name may come more than
// once; the order is kept on the wire. Package fmt prints the names without the
// values, which may be secret.
//
//	form.Values{{"rev", "7"}, {"tag", "a b"}}
type Values [][2]string

// FromMap returns the pairs of m, sorted by name.
func FromMap(m map[string]string) Values {
	v := make(Values, 0, len(m))
	for _, name := range slices.Sorted(maps.Keys(m)) {
		v = append(v, [2]string{name, m[name]})
	}
	return v
}

// FromLists returns the pairs of m, sorted by name, the values of a name in
// their order. It takes a url.Values as it is.
func FromLists(m map[string][]string) Values {
	v := make(Values, 0, len(m))
	for _, name := range slices.Sorted(maps.Keys(m)) {
		for _, value := range m[name] {
			v = append(v, [2]string{name, value})
		}
	}
	return v
}

// AppendQuery appends v to dst as the query of a URL, name=value joined by "&",
// and returns the result. Every byte that is not unreserved is
// percent-encoded, a space as %20 (RFC 3986, 2.3).
func (v Values) AppendQuery(dst []byte) []byte {
	e := encoder{values: v, mark: '~'}
	return e.append(dst)
}

// AppendForm appends v to dst as application/x-www-form-urlencoded and returns
// the result. A space is "+", and "~" is encoded (WHATWG URL,
// "application/x-www-form-urlencoded serializing"). Line ends stay as they are.
func (v Values) AppendForm(dst []byte) []byte {
	e := encoder{values: v, mark: '*'}
	return e.append(dst)
}

// Body returns a body that gives the bytes of [Values.AppendForm].
func (v Values) Body() *URLEncoded {
	return &URLEncoded{encoder{values: v, mark: '*'}}
}
