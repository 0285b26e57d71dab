// Package byhand speaks as much HTTP as a job needs on a bare connection: the limit that
// clients are measured by.
//
// It sends a request, sees that the answer is a 200 or a 201, and counts its bytes by
// Content-Length. It has an idle limit, as every client must, and nothing else. It links
// nothing that a program that dials does not link anyway.
package byhand
