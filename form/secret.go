package form

import "strconv"

// A form may contain a password, and a program may log it. So Values print only their
// names, and bodies only their type.

// hidden replaces a value that is not shown.
const hidden = "…"

// String returns the names for a log, without the values: "[user=… password=…]".
func (v Values) String() string {
	text := "["
	for i := range v {
		if i > 0 {
			text += " "
		}
		text += v[i][0] + "=" + hidden
	}
	return text + "]"
}

// GoString is like String, in Go syntax.
func (v Values) GoString() string {
	text := "form.Values{"
	for i := range v {
		if i > 0 {
			text += ", "
		}
		text += "{" + strconv.Quote(v[i][0]) + ", " + strconv.Quote(hidden) + "}"
	}
	return text + "}"
}

// String returns "form.Raw". It hides the content.
func (r *Raw) String() string { return "form.Raw" }

// GoString returns the same as String.
func (r *Raw) GoString() string { return r.String() }

// String returns "form.JSONText". It hides the content.
func (j *JSONText) String() string { return "form.JSONText" }

// GoString returns the same as String.
func (j *JSONText) GoString() string { return j.String() }

// String returns "form.URLEncoded". It hides the content.
func (u *URLEncoded) String() string { return "form.URLEncoded" }

// GoString returns the same as String.
func (u *URLEncoded) GoString() string { return u.String() }

// String returns "form.Multipart". It hides the content.
func (m *Multipart) String() string { return "form.Multipart" }

// GoString returns the same as String.
func (m *Multipart) GoString() string { return m.String() }
