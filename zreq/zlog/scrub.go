package zlog

import (
	"strings"
	"unicode/utf8"
)

const (
	gone = "…"
	most = 512 // most bytes of a cause
)

// scrub removes from the text of an error what the URLs and header fields that it quotes
// may give away. It does not parse them, because an error may quote something that is not
// a valid URL.
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

// short cuts a text that is too long for a log. It is applied last, because half a URL
// could not be recognized.
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

// suspect reports whether text may contain something to remove.
func suspect(text string) bool {
	return strings.ContainsAny(text, "@?#=:") || mentions(text, "basic") || mentions(text, "bearer")
}

// scrubLine scrubs the words of a line. It reports whether the line ends in the value of
// a secret field.
func scrubLine(clean *strings.Builder, line string) (inField bool) {
	end := secretField(line)
	line, rest := line[:end], line[end:]
	quoted, secret := false, false // whether the next word is
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

// scrubScheme removes from a word what follows Basic or Bearer. It reports whether the
// next word is what follows. The scheme may be surrounded by quotation marks and
// brackets.
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

// wordLen returns the length of the word at the beginning of s. Every character that may
// occur in a URL belongs to a word, and so does an escaped quotation mark. A quoted text
// that may be a URL is one word, because a server may put spaces into its URLs.
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

// secretField returns where the value of a secret header field begins, or the length of
// the line.
func secretField(line string) int {
	for i := range len(line) {
		if line[i] != ':' && line[i] != '=' {
			continue
		}
		name := strings.TrimRight(line[:i], "\"' \t")
		for _, secret := range []string{"authorization", "cookie"} { // also Proxy-Authorization and Set-Cookie
			if n := len(name) - len(secret); n >= 0 && fold(name[n:], secret) {
				return i + 1
			}
		}
	}
	return len(line)
}

// scrubWord removes userinfo, query and fragment from a word that may be a URL or a part
// of one.
func scrubWord(word string) string {
	head, rest := "", word
	if i := strings.Index(word, "://"); i >= 0 && !strings.ContainsAny(word[:i], "@?#") {
		head, rest = word[:i+len("://")], word[i+len("://"):]
	}
	user, query := strings.LastIndexByte(rest, '@'), strings.IndexAny(rest, "?#")
	if query >= 0 && query < user {
		return head + gone // it is not clear where the host is
	}
	if user >= 0 {
		return cutQuery(head+gone, rest[user:])
	}
	return cutQuery(head, rest)
}

// cutQuery returns before and s, without the query and the fragment in s.
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

// mentions reports whether text contains word, which is in lower case.
func mentions(text, word string) bool {
	for i := 0; i+len(word) <= len(text); i++ {
		if fold(text[i:i+len(word)], word) {
			return true
		}
	}
	return false
}

// fold reports whether a equals b, which is in lower case. It ignores the case of ASCII.
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
