"""What happens without anybody asking just then: long work, and what comes round by itself.

Huey is the alarm clock and nothing more. What is due stands in the database; an alarm says "look now", and
one that is lost, late or rung twice changes nothing.
"""
