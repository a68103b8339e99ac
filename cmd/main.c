/* Dispatches to a command, prints the error, and alone exits. */
int main(void)
{
	return 2;
}
