// Package jobs has the cases that zreq and its peers are measured by: a table of clients and
// tasks, and what is no request of one client to the origin, such as parsers, downloads that
// survive a power cut, and a link that breaks.
//
// To add a case, say by World.plain what is asked for, and by World.of who does it, as Files
// does, and add it to what a function of All returns: that is three lines.
//
// To add a peer, write its package beside client/nethttp, give it a name in the table of
// NewClient, and name it in the cases that it is for.
package jobs
