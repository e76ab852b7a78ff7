# What went wrong and what to do, one sentence or two per error code (SERR-96).
# The key is error-<code>; the codes are in src/protocol/error/table.rs.

## Codes without a text of their own (SERR-97), and those of a deployer's hook (SERR-1)

error-unknown = Error { $code }
error-hook = A rule of this workspace does not allow this ({ $code }). Ask your administrator.

## Session: signing in and being ready

error-2000 = The workspace is not set up completely. Ask your administrator for the right address.
error-2001 = The sign-in details are incomplete. Enter them again.
error-2002 = Your user ID is missing. Enter it and sign in again.
error-2003 = Your password or sign-in code is missing. Enter it and sign in again.
error-2022 = The sign-in did not finish. Sign in again.
error-2023 = Your session has ended. Sign in again.
error-2024 = You are not signed in. Sign in to continue.
error-2025 = You signed in a moment ago. Wait 15 seconds and try again.

## Client: uploads and messages

error-2040 = Files cannot be sent in this version of the app. Ask your administrator.
error-2041 = The server has no place for the file right now. Try again in a moment.
error-2100 = The message could not be sent. Try again.
error-2101 = You have not joined this live room. Join it first.
error-2105 = This content cannot be sent. Write the message again.
error-2106 = Nobody can write in this chat. Choose another one.
error-2108 = The file is empty. Choose another file.
error-2109 = The progress cannot be shown, but the upload goes on.
error-2110 = The message could not be recalled. Try again.
error-2111 = The messages could not be deleted. Try again.
error-2112 = The chats could not all be marked as read. Try again.
error-2114 = None of these messages asks for a read receipt.
error-2115 = This community uses topics. Open a topic and write there.
error-2116 = Notices cannot be deleted one by one. You can delete the whole chat.
error-2117 = The text could not be translated. Try again, or ask your administrator to set up translation.
error-2118 = The voice message could not be turned into text. Try again, or ask your administrator to set this up.
error-2119 = This audio format cannot be turned into text. Listen to the message instead.
error-2251 = No picture was chosen. Choose a picture.
error-2252 = This picture format is not supported. Use JPG, PNG, GIF, BMP or WebP.
error-2253 = The picture is too large. Choose a smaller one, or send it as a file.
error-2300 = The voice message could not be uploaded. Try again.
error-2301 = The audio is missing or too large. Record it again or choose a smaller file.
error-2350 = The video could not be uploaded. Try again.
error-2351 = The video is too large. Choose a smaller one.
error-2352 = This video format is not supported. Use MP4 or MOV, or send it as a file.
error-2400 = The file could not be uploaded. Try again.
error-2401 = No file was chosen. Choose a file.
error-2402 = The file is too large. Choose a smaller one.
error-2403 = The upload did not finish. Try again.
error-2450 = This is not a combined message, so there is nothing to open.
error-2451 = This combined message can no longer be opened. Ask the sender to send it again.
error-2452 = The combined message could not be loaded. Try again.
error-2453 = This message cannot be forwarded. Choose other messages.
error-2454 = The message changed in the meantime and was not forwarded. Select it again.
error-2480 = Somebody changed this message at the same time. Look at the new version and edit again.
error-2481 = Messages in a live room cannot be edited.

## Client: conversations

error-2500 = This chat no longer exists. Open another one.
error-2501 = This person or group was not found. Check the name and try again.
error-2502 = This kind of chat is not known to this version. Update the app.
error-2503 = This is not possible in this chat. Open another one.

## Client: groups

error-2600 = This kind of group does not exist. Choose another kind.
error-2601 = This group can only be joined by invitation. Ask a member to add you.
error-2602 = This group ID is not valid. Check it and try again.
error-2603 = This group was not found. Check the group ID.
error-2620 = A live room cannot be handed over to somebody else.
error-2621 = You own this group already. Choose another member.
error-2622 = This group can only be closed by an administrator. You can leave it instead.
error-2623 = This person is not in the group. Refresh the member list.
error-2641 = Shared data is not available in this kind of group.
error-2642 = You have not joined this group. Join it first.
error-2660 = You could not join the group. Try again.
error-2661 = Nobody can be added to a live room. Share its link instead.
error-2662 = You are not signed in. Sign in to use groups.
error-2681 = Only the owner of the group can do this. Ask the owner.
error-2682 = There are no administrators in this kind of group.
error-2683 = This role cannot be given. Choose administrator or member.
error-2684 = Your own role cannot be changed by yourself. Ask another owner or administrator.
error-2685 = You cannot mute yourself. Choose another member.
error-2686 = The length of the ban is not valid. Choose another one.
error-2687 = This is not possible in a live room.

## Client: contacts and own profile

error-2700 = This person is not in your contacts. Add them first.
error-2701 = This person is in your contacts already.
error-2710 = You have a contact group with this name already. Choose another name.
error-2711 = This contact group no longer exists. Refresh your contacts.
error-2716 = This request no longer exists. It was answered or withdrawn.
error-2721 = One of the values is not valid. Check your profile and save again.
error-2722 = Nothing was changed, so there is nothing to save.
error-2742 = You cannot block yourself. Choose another person.

## Client: network and state

error-2800 = The connection to the server was lost. It is being restored; try again in a moment.
error-2801 = The server did not answer in time. Try again.
error-2805 = You are offline. Check your network; messages are sent when you are back.
error-2903 = Something went wrong in the app. Try again, and restart the app if it stays.
error-2905 = This cannot be done right now. Wait for the current action to finish.
error-2996 = That was a little too fast. Wait a moment and try again.
error-2999 = The app is still loading. Wait a moment and try again.
error-3000 = You are being signed in. Please wait.
error-3001 = The sign-in did not work. Check your details and try again.
error-3002 = You signed in on another kind of device, so this session ended. Sign in again to continue here.
error-3003 = You signed in on another computer, so this session ended. Sign in again to continue here.
error-3004 = Your sign-in has expired. Sign in again.
error-3005 = You signed out before this was finished. Sign in and try again.
error-3006 = An administrator ended this session. Sign in again, or ask your administrator.
error-3122 = This feature is switched off here. Ask your administrator.
error-3123 = The text contains words that are not allowed here. Change it and send again.
error-3153 = A required field is empty. Fill it in and try again.
error-6014 = You are not signed in. Sign in to continue.
error-6017 = One of the values is not valid. Check it and try again.
error-7003 = This user ID is not valid. Use 1 to 32 Latin letters, digits or signs.
error-7013 = This feature is not part of this workspace. Ask your administrator.
error-7015 = The text contains something that is not allowed here. Change it and send again.
error-8001 = The message is too long. Shorten it, or send it as a file.
error-8005 = Too many combined messages are inside one another. Forward the messages one by one.
error-8010 = This invitation has ended.
error-8011 = This invitation is not addressed to you, so you cannot answer or cancel it.
error-8012 = This invitation was sent already. Start a new one.
error-8020 = This invitation can no longer be cancelled.
error-9507 = Too much is waiting for the connection. Go online and try again.
error-9522 = This is too large to send at once. Make it smaller and try again.

## Server: groups

error-10001 = You are not signed in, or the account does not exist. Sign in again.
error-10002 = The server had a problem. Try again in a moment.
error-10003 = The server does not know this action. Update the app.
error-10004 = One of the values for the group is not valid. Check it and try again.
error-10005 = Too many people were chosen at once. Choose fewer.
error-10006 = That was a little too fast for this group. Wait a moment and try again.
error-10007 = You do not have the right to do this in this group. Ask its owner or an administrator.
error-10008 = The server did not accept the request. Sign in again and repeat it.
error-10009 = The owner cannot leave the group. Hand it over to somebody first.
error-10010 = This group no longer exists. You can still read what is on this computer.
error-10011 = The server could not read the request. Update the app.
error-10012 = Your account is not accepted here. Sign in again.
error-10013 = This person is in the group already.
error-10014 = The group is full. Remove somebody or make a new group.
error-10015 = This group was not found. Check the group ID.
error-10016 = A rule of this workspace does not allow this. Ask your administrator.
error-10017 = You are muted in this group. Wait, or ask an administrator of the group.
error-10018 = The list is too large to load at once. Load less of it.
error-10019 = This person was not found. Check the name and try again.
error-10021 = This group ID is taken. Choose another one.
error-10023 = Many messages are arriving in this group at once. Wait a moment; the message is sent again.
error-10024 = Somebody has already answered this request.
error-10025 = You use this ID for another group or topic already. Choose another one.
error-10026 = This action is switched off here. Ask your administrator.
error-10030 = This message no longer exists. Refresh the chat.
error-10031 = It is too late to recall this message. An administrator of the group can still do it.
error-10032 = This kind of message cannot be recalled.
error-10033 = Messages in this kind of group cannot be recalled.
error-10034 = This kind of message cannot be deleted.
error-10035 = Messages in a live room cannot be deleted.
error-10036 = There are too many live rooms. Close one before you make a new one.
error-10037 = The number of groups or topics is at its limit. Leave or remove one first.
error-10038 = These are more members than the group may have. Choose fewer.
error-10041 = Recalling messages is switched off here. Ask your administrator.
error-10044 = A live room keeps no earlier messages.
error-10045 = The name of a shared value is too long. Shorten it.
error-10046 = A shared value is too long. Shorten it.
error-10047 = The group has too many shared values. Remove one first.
error-10048 = The shared data of the group is too large. Remove something first.
error-10049 = The shared data changes too fast. Wait a moment and try again.
error-10050 = This shared value no longer exists. Refresh the group.
error-10051 = These messages are too far apart to be deleted together. Select fewer.
error-10052 = This message is not there any more. Refresh the chat.
error-10053 = Too many people are mentioned. Mention fewer, or everybody.
error-10056 = Somebody changed the shared data at the same time. Look at the new state and try again.
error-10058 = The workspace has as many groups as it may have. Ask your administrator.
error-10059 = This feature is switched off here. Ask your administrator.
error-10060 = The group is too large for read receipts. Send the message without them.
error-10061 = Messages that are not kept have no read receipts. Send it without them.
error-10062 = There are no read receipts for this message.
error-10063 = The group has too many counters. Remove one first.
error-10070 = The group has as many pinned messages as it may have. Unpin one first.
error-10071 = This message is pinned already.
error-11000 = This group has no topics. Write in the group itself.
error-110002 = The topic could not be deleted. Try again.
error-110003 = This topic no longer exists. Open another one.

## Server: messages

error-20001 = The server could not read the message. Update the app and send it again.
error-20003 = The person you write to was not found. Check the name.
error-20004 = The server had a connection problem. Try again in a moment.
error-20005 = The server had a problem. Try again in a moment.
error-20006 = A rule of this workspace did not let the message through. Ask your administrator.
error-20007 = You and this person cannot write to each other. If you blocked them, unblock them first.
error-20008 = This person belongs to another workspace. Choose somebody of this one.
error-20009 = You can only write to your contacts. Add this person first.
error-20010 = This person has not added you. Ask them to accept your request first.
error-20011 = You have not added this person. Add them first.
error-20012 = Your account is muted. Wait, or ask your administrator.
error-20016 = It is too late to recall this message. You can delete it for yourself.
error-20022 = This message no longer exists. Refresh the chat.
error-20023 = This message was recalled already.
error-20026 = The message to change no longer exists. Refresh the chat.
error-20027 = Somebody changed this message at the same time. Look at the new version and edit again.
error-20028 = Two changes of this message met. Look at the new version and edit again.
error-23001 = Somebody else answered here at the same time. Look at the new state and try again.
error-23005 = This message has as many different reactions as it may have. Use one that is there.
error-23006 = As many people as possible have given this reaction. Choose another one.
error-23007 = You have given this reaction already.
error-23008 = This reaction is no longer there.
error-23009 = This reaction is from somebody else, so you cannot remove it.

## Server: contacts

error-30001 = This did not work with your contacts: a value is not valid, or it is already so. Refresh and try again.
error-30002 = This person belongs to another workspace. Choose somebody of this one.
error-30003 = This person was not found. Check the name and try again.
error-30004 = Only an administrator can do this. Ask your administrator.
error-30005 = The text contains something that is not allowed here. Change it and try again.
error-30006 = The server had a problem with your contacts. Try again in a moment.
error-30007 = The server did not answer in time. Try again.
error-30008 = Two changes of your contacts met. Try again.
error-30009 = Your account may not send contact requests. Ask your administrator.
error-30010 = Your contact list is full. Remove somebody first.
error-30011 = You have as many contact groups as you may have. Remove one first.
error-30012 = This person has too many open requests. Try again later.
error-30013 = Your blocklist is full. Remove somebody first.
error-30014 = The contact list of this person is full. Write to them instead.
error-30015 = This person is in your contacts already.
error-30515 = You blocked this person. Unblock them first.
error-30516 = This person does not accept contact requests.
error-30525 = You cannot send a request to this person.
error-30539 = Your request was sent. Wait for the answer.
error-30540 = You sent many requests in a short time. Wait a minute and try again.
error-30614 = This request no longer exists. It was answered or withdrawn.
error-31704 = This person is not in your contacts any more.
error-31707 = Many contacts were removed in a short time. Wait a while and try again.
error-31804 = This person was not found. Refresh your contacts.
error-32100 = You follow as many people as you may follow. Unfollow somebody first.
error-32101 = This person cannot have more followers.
error-32102 = Your list of mutual followers is full. Unfollow somebody first.
error-32103 = The list of mutual followers of this person is full.

## Server: profiles

error-40001 = One of the profile values is not valid. Check it and try again.
error-40002 = No person was chosen. Choose a person.
error-40003 = This person was not found. Check the name and try again.
error-40004 = Only an administrator can do this. Ask your administrator.
error-40005 = The text contains something that is not allowed here. Change it and save again.
error-40006 = The server had a problem with profiles. Try again in a moment.
error-40007 = You may not see this part of the profile.
error-40008 = You may not change this part of the profile. Ask your administrator.
error-40009 = This part of the profile does not exist here. Update the app.
error-40601 = The text is too long. Shorten it and save again.
error-40602 = The profile could not be read. Try again.
error-40603 = This part of the profile does not exist here.
error-40604 = The text is too long. Shorten it and save again.
error-40605 = This value is not allowed. Choose another one.
error-40606 = The profile could not be saved. Try again.
error-40607 = This additional part of the profile does not exist here.
error-40608 = The additional text is too long. Shorten it and save again.
error-40609 = The additional part of the profile could not be saved. Try again.
error-40610 = This value does not fit here. Enter another one.
error-40801 = The profile request was not valid. Update the app.
error-40802 = The profiles could not be loaded. Try again.
error-40803 = The profiles could not be read. Try again.
error-40804 = This part of the profile does not exist here.
error-40805 = The additional parts of the profiles could not be loaded. Try again.
error-40806 = The name of a profile part is too long. Shorten it.
error-40807 = There is no profile for this person.
error-40808 = The profile could not be read. Try again.
error-40809 = There are no additional parts in this profile.
error-40810 = The additional parts of the profile could not be read. Try again.
error-40811 = The list of people is not valid. Choose the people again.

## Server: conversations

error-50001 = This account was not found. Sign in again.
error-50002 = This could not be done with the chat. Refresh the list and try again.
error-50004 = The server had a problem with your chats. Try again in a moment.
error-50005 = The server did not answer in time. Try again.
error-51006 = Too many chats were chosen, or none. Choose between 1 and 100.
error-51007 = You are no longer in this group, so this cannot be changed.
error-51008 = There are too many chats in this folder or with this mark. Remove some first.
error-51009 = This folder no longer exists. Refresh the list.
error-51010 = You have as many folders as you may have. Remove one first.
error-51011 = The name of the folder is empty or too long. Choose another name.
error-51012 = You have as many pinned chats as you may have. Unpin one first.

## Server: requests in general and the admin REST API

error-60002 = The server did not understand the address. Check it, or update the app.
error-60003 = The server could not read the request. Update the app.
error-60004 = The account was not accepted. Check it and sign in again.
error-60005 = The sign-in was not accepted. Sign in again.
error-60006 = This workspace is not known to the server. Check the address.
error-60007 = That was a little too fast. Wait a moment and try again.
error-60008 = The server did not finish in time. Try again.
error-60009 = The server does not know this action. Update the app or the server.
error-60010 = Only an administrator can do this. Ask your administrator.
error-60011 = The workspace is very busy. Wait a moment and try again.
error-60012 = The workspace is missing in the request. Check the address.
error-60013 = The server could not do this. Ask your administrator.
error-60014 = The server could not do this. Ask your administrator.
error-60015 = The account is not written correctly. Check it and try again.
error-60016 = This workspace is switched off. Ask your administrator.
error-60017 = The server could not do this. Ask your administrator.
error-60018 = That was a little too fast. Wait a moment and try again.
error-60019 = The server could not do this. Ask your administrator.
error-60020 = The service is switched off at the moment. Try again later, or ask your administrator.
error-60022 = The server is very busy. Wait a moment and try again.

## Server: accounts and credentials

error-70001 = Your sign-in has expired. Sign in again.
error-70002 = Your password or sign-in code is missing. Enter it and sign in again.
error-70003 = The sign-in code is not valid. Ask for a new one and sign in again.
error-70005 = The sign-in code is not valid. Ask for a new one and sign in again.
error-70009 = The sign-in was not accepted. Check your password or sign-in code and try again.
error-70013 = The sign-in code belongs to somebody else. Use your own.
error-70014 = The sign-in code belongs to another workspace. Use the one of this workspace.
error-70016 = The server cannot check sign-ins yet. Ask your administrator.
error-70020 = This workspace is not known to the server. Check the address.
error-70050 = The sign-in failed too many times. Wait a minute and try again.
error-70051 = This account is locked. Ask your administrator.
error-70052 = This sign-in was ended by an administrator. Sign in again.
error-70107 = This account was not found. Check the user ID.
error-70114 = The server did not accept this. If you used an invite link, ask for a new one; otherwise ask your administrator.
error-70169 = The server did not answer in time. Try again.
error-70206 = Too many accounts were given at once, or none. Choose between 1 and 100.
error-70398 = The workspace has as many accounts as it may have. Ask your administrator.
error-70402 = One of the account values is not valid. Check it and try again.
error-70403 = Only an administrator can do this. Ask your administrator.
error-70500 = The server had a problem with accounts. Try again in a moment.
error-72001 = Online status is switched off here.
error-72010 = That was a little too fast. Wait a moment and try again.
error-72011 = Do not disturb is switched off here. You can mute single chats instead.
error-72012 = Live profile updates are switched off here.

## Server: content

error-80001 = The text contains something that is not allowed here. Change it and try again.
error-80002 = The message is too long. Shorten it, or send it as a file.
error-80003 = The content could not be checked, so the message was not sent. Try again, or ask your administrator.
error-80004 = The picture contains something that is not allowed here. Choose another one.
error-80005 = The service of this workspace has ended. Ask your administrator.

## Server: admin REST API, messages

error-90001 = The server could not read the request. Update the app.
error-90002 = The server could not read the message. Update the app and send it again.
error-90003 = Nobody was chosen to receive the message. Choose a person.
error-90005 = The message was not complete. Send it again.
error-90006 = The time of the message is not valid. Send it again.
error-90007 = The server could not read the message. Update the app and send it again.
error-90009 = Only an administrator can do this. Ask your administrator.
error-90010 = Part of the message is not valid. Change it and send again.
error-90011 = Too many people were chosen at once. Choose fewer.
error-90012 = The person you write to was not found. Check the name.
error-90026 = A message can wait for 7 days at most. Choose a shorter time.
error-90031 = The message was not complete. Send it again.
error-90044 = The time the message may wait is not valid. Choose another one.
error-90048 = Your account is not accepted here. Sign in again.
error-90992 = The server had a problem. Try again in a moment.
error-90994 = The server had a problem. Try again in a moment.
error-90995 = The server had a problem. Try again in a moment.
error-91000 = The server had a problem. Try again in a moment.
error-93000 = The message is too long. Shorten it, or send it as a file.
