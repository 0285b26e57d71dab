package zlog

import (
	"strings"
	"unicode/utf8"
)

const (
	gone = "…"
	most = 512 // bytes of a cause
)

// scrub returns the text of an error without what URLs and fields of heads that it
// quotes may give away. It does not parse them: an error may quote what is no URL.
func scrub(text string) string {
	if !suspect(text) {
		return short(text)
	}
	var clean strings.Builder
	folded := false
	for line := range strings.Lines(text) {
		if folded && (line[0] == ' ' || line[0] == '\t') {
			continue // the rest of a secret field (obs-fold: RFC 9112, 5.2)
		}
		folded = scrubLine(&clean, line)
	}
	return short(clean.String())
}

// short cuts a text that is too long for a log. That comes last: half a URL would not
// be known as one.
func short(text string) string {
	if len(text) <= most {
		return text
	}
	n := most - len(gone)
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n] + gone
}

// suspect reports whether there is anything in text to look at closely.
func suspect(text string) bool {
	return strings.ContainsAny(text, "@?#=:") || mentions(text, "basic") || mentions(text, "bearer")
}

// scrubLine goes through the words of a line, and reports whether it ends in the value
// of a secret field.
func scrubLine(clean *strings.Builder, line string) (inField bool) {
	end := secretField(line)
	line, rest := line[:end], line[end:]
	quoted, secret := false, false // the next word, or by the last
	for line != "" {
		n := wordLen(line, quoted)
		if n == 0 {
			clean.WriteByte(line[0])
			quoted = line[0] == '"'
			line = line[1:]
			continue
		}
		word := line[:n]
		line, quoted = line[n:], false
		if secret {
			word = gone
		}
		word, secret = scrubScheme(word)
		clean.WriteString(scrubWord(word))
	}
	if rest == "" {
		return false
	}
	clean.WriteString(gone)
	if strings.HasSuffix(rest, "\n") {
		clean.WriteByte('\n')
	}
	return true
}

// scrubScheme cuts what follows Basic or Bearer out of a word, and reports whether it
// is the next word that does. Quotation marks and brackets may stand around.
func scrubScheme(word string) (clean string, next bool) {
	from := 0
	for from < len(word) && !isLetter(word[from]) {
		from++
	}
	for _, scheme := range []string{"basic", "bearer"} {
		end := from + len(scheme)
		switch {
		case end > len(word) || !fold(word[from:end], scheme):
		case strings.Trim(word[end:], `:='"`) == "":
			return word, true
		case strings.IndexByte(`:=,'"`, word[end]) >= 0:
			return word[:end+1] + gone, false
		}
	}
	return word, false
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// wordLen is the length of the word that s begins with. What may stand in a URL
// belongs to one, and so does a quotation mark that is escaped. What is quoted and
// may be a URL is one word, since a server may put spaces into what it calls a URL.
func wordLen(s string, quoted bool) int {
	n := len(s)
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' && (i == 0 || s[i-1] != '\\'):
			if quoted && strings.ContainsAny(s[:i], "@?#&") {
				return i
			}
			return min(n, i)
		case c <= ' ', c == '<', c == '>', c == '`':
			n = min(n, i)
		}
		if n < len(s) && !quoted {
			return n
		}
	}
	return n
}

// secretField is where the value of a field of a head begins that is a secret, or the
// length of the line.
func secretField(line string) int {
	for i := range len(line) {
		if line[i] != ':' && line[i] != '=' {
			continue
		}
		name := strings.TrimRight(line[:i], "\"' \t")
		for _, secret := range []string{"authorization", "cookie"} { // and Proxy-Authorization, and Set-Cookie
			if n := len(name) - len(secret); n >= 0 && fold(name[n:], secret) {
				return i + 1
			}
		}
	}
	return len(line)
}

// scrubWord cuts userinfo, query and fragment out of a word that may be a URL, or a
// part of one.
func scrubWord(word string) string {
	head, rest := "", word
	if i := strings.Index(word, "://"); i >= 0 && !strings.ContainsAny(word[:i], "@?#") {
		head, rest = word[:i+len("://")], word[i+len("://"):]
	}
	user, query := strings.LastIndexByte(rest, '@'), strings.IndexAny(rest, "?#")
	if query >= 0 && query < user {
		return head + gone // where the host is would be a matter of opinion
	}
	if user >= 0 {
		return cutQuery(head+gone, rest[user:])
	}
	return cutQuery(head, rest)
}

// cutQuery returns what stands before a URL's own end, and that without its query
// and fragment.
func cutQuery(before, s string) string {
	if i := strings.IndexByte(s, '?'); i >= 0 && i+1 < len(s) {
		return before + s[:i+1] + gone
	}
	if i := strings.IndexByte(s, '#'); i >= 0 && (before != "" || strings.ContainsAny(s, "/=")) {
		return before + s[:i+1] + gone
	}
	if i := strings.IndexByte(s, '='); i >= 0 && strings.IndexByte(s, '&') >= 0 {
		return before + s[:i+1] + gone
	}
	return before + s
}

// mentions reports whether word is in text. It is in small letters.
func mentions(text, word string) bool {
	for i := 0; i+len(word) <= len(text); i++ {
		if fold(text[i:i+len(word)], word) {
			return true
		}
	}
	return false
}

// fold reports whether a is b, which is in small letters, in any case of ASCII.
func fold(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) {
		c := a[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != b[i] {
			return false
		}
	}
	return true
}
