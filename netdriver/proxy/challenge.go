package proxy

import "github.com/zreq-go/zreq/zreq/wire"

// asksForBasic reports whether one of the challenges of a 407 is Basic (RFC 9110, 11.7.1).
func asksForBasic(fields []byte) bool {
	for {
		name, value, rest, ok := wire.NextField(fields)
		if !ok {
			return false
		}
		if wire.EqualName(name, "proxy-authenticate") && hasScheme(value, "basic") {
			return true
		}
		fields = rest
	}
}

// hasScheme reports whether a list of challenges has one of the given scheme (RFC 9110,
// 11.6.1). Challenges and their parameters are separated by the same commas. A member of
// the list begins a challenge if its first word is not followed by "=".
func hasScheme(list []byte, scheme string) bool {
	for len(list) > 0 {
		member, rest := cutMember(list)
		word, more := cutWord(member)
		if wire.EqualName(word, scheme) && (len(more) == 0 || more[0] != '=') {
			return true
		}
		list = rest
	}
	return false
}

// cutMember returns the first member of a list, and what follows its comma. A comma in a
// quoted string does not end the member.
func cutMember(list []byte) (member, rest []byte) {
	quoted := false
	for i := 0; i < len(list); i++ {
		switch c := list[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case c == ',' && !quoted:
			return list[:i], list[i+1:]
		}
	}
	return list, nil
}

// cutWord returns the first word of a member, and what follows it after whitespace.
func cutWord(member []byte) (word, more []byte) {
	isBlank := func(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }
	for len(member) > 0 && isBlank(member[0]) {
		member = member[1:]
	}
	n := 0
	for n < len(member) && !isBlank(member[n]) && member[n] != '=' {
		n++
	}
	more = member[n:]
	for len(more) > 0 && isBlank(more[0]) {
		more = more[1:]
	}
	return member[:n], more
}
