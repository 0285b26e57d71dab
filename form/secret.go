package form

import "strconv"

// A form may have a password in it. What is printed, by a program that logs its
// settings, has the names alone, and bodies have their type.

// hidden stands for what is not shown.
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

// GoString is String in the syntax of Go.
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

// String returns the type, since the content may be secret.
func (r *Raw) String() string { return "form.Raw" }

// GoString returns the type, as String does.
func (r *Raw) GoString() string { return r.String() }

// String returns the type, since the value may be secret.
func (j *JSONText) String() string { return "form.JSONText" }

// GoString returns the type, as String does.
func (j *JSONText) GoString() string { return j.String() }

// String returns the type, since the values may be secret.
func (u *URLEncoded) String() string { return "form.URLEncoded" }

// GoString returns the type, as String does.
func (u *URLEncoded) GoString() string { return u.String() }

// String returns the type, since the fields may be secret.
func (m *Multipart) String() string { return "form.Multipart" }

// GoString returns the type, as String does.
func (m *Multipart) GoString() string { return m.String() }
