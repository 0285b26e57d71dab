// Package present makes tables, sentences and charts of what was measured.
//
// It leaves nothing out and holds no figure back: where zreq is slower, or larger, than
// a peer is in a section of its own, at the head of the page.
package present
