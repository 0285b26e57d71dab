package digest

// maxParams limits the parameters of one challenge. RFC 7616, 3.3 defines nine.
const maxParams = 32

// A challenge is one element of WWW-Authenticate, of any scheme (RFC 9110, 11.6.1). Its
// strings are views of the field where possible.
type challenge struct {
	scheme  string
	token68 string  // instead of params
	params  []param // each name occurs once
	broken  bool    // it breaks the grammar, or has more than maxParams
}

type param struct{ name, value string }

// get returns the value of a parameter, and whether there is one.
func (c *challenge) get(name string) (value string, ok bool) {
	for _, p := range c.params {
		if equalFold(p.name, name) {
			return p.value, true
		}
	}
	return "", false
}

// add adds a parameter. A name must occur only once (RFC 9110, 11.2), because it is not
// known which of two values the server means.
func (c *challenge) add(name, value string) {
	_, twice := c.get(name)
	if twice || c.token68 != "" || len(c.params) == maxParams {
		c.broken = true
		return
	}
	c.params = append(c.params, param{name, value})
}

// A field is the unread rest of a value of WWW-Authenticate.
type field string

// next reads one challenge into c, whose params it overwrites, and reports whether there
// was one. After a violation of the grammar it is not clear where the next challenge
// begins, so nothing more is read.
func (f *field) next(c *challenge) bool {
	*c = challenge{params: c.params[:0]}
	f.separator()
	c.scheme = f.token()
	spaced := f.space()
	if c.scheme == "" || f.sees('=') {
		*f = ""
		return false
	}
	if spaced {
		c.token68 = f.token68()
	}
	for first := true; ; first = false {
		before := *f
		comma := f.separator()
		if *f == "" {
			return true
		}
		name := f.token()
		f.space()
		switch {
		case name == "":
			return f.fail(c)
		case !f.sees('='):
			*f = before // name is the scheme of the next challenge
			return comma || f.fail(c)
		case !comma && !first:
			return f.fail(c)
		}
		*f = (*f)[1:]
		f.space()
		value, ok := f.value()
		if !ok {
			return f.fail(c)
		}
		c.add(name, value)
	}
}

// fail gives up c and everything after it.
func (f *field) fail(c *challenge) bool {
	*f, c.broken = "", true
	return true
}

func (f *field) sees(c byte) bool { return *f != "" && (*f)[0] == c }

// space skips spaces and tabs: OWS, BWS, and the SP after a scheme.
func (f *field) space() bool {
	n := 0
	for n < len(*f) && ((*f)[n] == ' ' || (*f)[n] == '\t') {
		n++
	}
	return f.take(n) != ""
}

// separator skips commas and whitespace, because elements of a list may be empty (RFC
// 9110, 5.6.1.2). It reports whether there was a comma.
func (f *field) separator() (comma bool) {
	for f.space(); f.sees(','); f.space() {
		f.take(1)
		comma = true
	}
	return comma
}

// token reads a token (RFC 9110, 5.6.2), or returns "".
func (f *field) token() string {
	n := 0
	for n < len(*f) && isToken((*f)[n]) {
		n++
	}
	return f.take(n)
}

// token68 reads a token68, or returns "". "a=" may also be the beginning of a parameter,
// so a token68 must end the element.
func (f *field) token68() string {
	n := 0
	for n < len(*f) && isToken68((*f)[n]) {
		n++
	}
	if n == 0 {
		return ""
	}
	for n < len(*f) && (*f)[n] == '=' {
		n++
	}
	rest := (*f)[n:]
	rest.space()
	if rest != "" && !rest.sees(',') {
		return ""
	}
	return f.take(n)
}

// value reads a token or a quoted-string. A recipient accepts both for every parameter
// (RFC 9110, 11.2).
func (f *field) value() (string, bool) {
	if f.sees('"') {
		return f.quoted()
	}
	v := f.token()
	return v, v != ""
}

// quoted reads a quoted-string and removes its backslashes (RFC 9110, 5.6.4).
func (f *field) quoted() (string, bool) {
	s := string(*f)
	var plain []byte
	from := 1 // what begins here is not yet in plain
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"':
			*f = field(s[i+1:])
			if from == 1 {
				return s[1:i], true
			}
			return string(append(plain, s[from:i]...)), true
		case c == '\\':
			plain = append(plain, s[from:i]...)
			i++
			if from = i; i == len(s) || isControl(s[i]) {
				return "", false
			}
		case isControl(c):
			return "", false
		}
	}
	return "", false
}

func (f *field) take(n int) string {
	s := string((*f)[:n])
	*f = (*f)[n:]
	return s
}

func isLetterOrDigit(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
}

func isToken(c byte) bool { return isLetterOrDigit(c) || isOneOf(c, "!#$%&'*+-.^_`|~") }

func isToken68(c byte) bool { return isLetterOrDigit(c) || isOneOf(c, "-._~+/") }

// isControl reports whether c must not occur in a quoted-string. A tab may.
func isControl(c byte) bool { return c < ' ' && c != '\t' || c == 0x7f }

func isOneOf(c byte, set string) bool {
	for i := range len(set) {
		if set[i] == c {
			return true
		}
	}
	return false
}
