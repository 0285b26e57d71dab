package form

import (
	"maps"
	"slices"
)

// Values is an ordered list of names and values. A name may occur more than once. The
// order is kept on the wire.
//
//	form.Values{{"rev", "7"}, {"tag", "a b"}}
//
// Package fmt prints the names without the values, which may be secret.
type Values [][2]string

// FromMap returns the pairs of m, sorted by name.
func FromMap(m map[string]string) Values {
	v := make(Values, 0, len(m))
	for _, name := range slices.Sorted(maps.Keys(m)) {
		v = append(v, [2]string{name, m[name]})
	}
	return v
}

// FromLists returns the pairs of m, sorted by name. The values of a name keep their
// order. m may be a url.Values.
func FromLists(m map[string][]string) Values {
	v := make(Values, 0, len(m))
	for _, name := range slices.Sorted(maps.Keys(m)) {
		for _, value := range m[name] {
			v = append(v, [2]string{name, value})
		}
	}
	return v
}

// AppendQuery appends v to dst as the query of a URL, name=value joined by "&", and
// returns the result. Every byte that is not unreserved is percent-encoded (RFC 3986,
// 2.3). A space is %20.
func (v Values) AppendQuery(dst []byte) []byte {
	e := encoder{values: v, mark: '~'}
	return e.append(dst)
}

// AppendForm appends v to dst as application/x-www-form-urlencoded and returns the
// result. A space is "+", and "~" is percent-encoded (WHATWG URL,
// "application/x-www-form-urlencoded serializing"). Line ends are not converted.
func (v Values) AppendForm(dst []byte) []byte {
	e := encoder{values: v, mark: '*'}
	return e.append(dst)
}

// Body returns a body with the bytes of [Values.AppendForm].
func (v Values) Body() *URLEncoded {
	return &URLEncoded{encoder{values: v, mark: '*'}}
}
