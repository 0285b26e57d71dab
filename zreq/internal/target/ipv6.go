package target

import "github.com/zreq-go/zreq/zreq/internal/ascii"

// isBareIPv6 reports whether s is an IPv6 address without its brackets, and perhaps a
// port: nothing else has two colons and hexadecimal digits alone.
func isBareIPv6(s string) bool {
	colons := 0
	for i := range len(s) {
		switch c := s[i]; {
		case c == '%':
			return colons > 1
		case c == ':':
			colons++
		case c != '.' && ascii.Unhex(c) < 0:
			return false
		}
	}
	return colons > 1
}

// validIPv6 is IPv6address of RFC 3986, 3.2.2: eight groups, or fewer and one gap.
func validIPv6(s string) bool {
	groups, gap := 0, false
	for colon := false; s != ""; colon = true { // whether a colon goes before the next group
		if len(s) >= 2 && s[:2] == "::" {
			if gap {
				return false
			}
			gap, colon, s = true, false, s[2:]
			if s == "" {
				break
			}
		}
		if colon {
			s = s[1:]
		}
		group, rest := ascii.Split(s, ":")
		if rest == "" && ascii.IndexByte(group, '.') >= 0 {
			if !validIPv4(group) {
				return false
			}
			groups += 2
			break
		}
		if len(group) == 0 || len(group) > 4 {
			return false
		}
		for i := range len(group) {
			if ascii.Unhex(group[i]) < 0 {
				return false
			}
		}
		groups++
		s = rest
	}
	if gap {
		return groups < 8 // it stands for at least one
	}
	return groups == 8
}

func validIPv4(s string) bool {
	for part := range 4 {
		if part > 0 {
			if s == "" || s[0] != '.' {
				return false
			}
			s = s[1:]
		}
		n, digits := 0, 0
		for digits < len(s) && '0' <= s[digits] && s[digits] <= '9' && digits < 3 {
			n = n*10 + int(s[digits]-'0')
			digits++
		}
		if digits == 0 || n > 255 || digits > 1 && s[0] == '0' {
			return false
		}
		s = s[digits:]
	}
	return s == ""
}
