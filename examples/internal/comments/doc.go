// Package comments is for its tests: they hold the code of the package comments, and run
// it against a server of their own. TestPackageComments looks for each block of code
// among them.
package comments
