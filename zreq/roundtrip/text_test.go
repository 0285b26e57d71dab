package roundtrip_test

import (
	"slices"
	"strings"
)

// headOf returns an answer without what is not sent for HEAD.
func headOf(answer string) string {
	i := strings.LastIndex(answer, "HTTP/1")
	if j := strings.Index(answer[max(i, 0):], "\r\n\r\n"); j >= 0 {
		return answer[:max(i, 0)+j+4]
	}
	return answer
}

// sortedHead returns the lines of a request sorted behind its first, and its body.
func sortedHead(request string) (lines []string, body string) {
	head, body, _ := strings.Cut(request, "\r\n\r\n")
	lines = strings.Split(head, "\r\n")
	slices.Sort(lines[1:])
	return lines, body
}
