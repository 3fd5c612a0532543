"""What goes over the socket between the student's process and the tester, both ends."""
